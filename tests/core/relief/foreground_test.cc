// SPDX-License-Identifier: MIT
#include "core/relief/foreground.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::relief {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

ScopeUse app(const std::string& unit, base::Duration idle, bool kept = false) {
  ScopeUse use;
  use.reading.unit = unit;
  use.idle_for = idle;
  use.kept = kept;
  return use;
}

TEST(Foreground, IsTheAppThatWasBusyLastIfNobodyKnowsOfThePerson) {
  EXPECT_THAT(
      foreground_units({app("old", hours(2)), app("new", minutes(11)), app("mid", hours(1))},
                       std::nullopt),
      ElementsAre("new"));
  EXPECT_THAT(foreground_units({}, std::nullopt), IsEmpty());
}

TEST(Foreground, IsWhatThePersonLeft) {
  const std::vector<ScopeUse> apps = {app("left", minutes(20)), app("before", hours(3)),
                                      app("since", minutes(5))};
  EXPECT_THAT(foreground_units(apps, minutes(20)), UnorderedElementsAre("left", "since"));
  EXPECT_THAT(foreground_units(apps, minutes(19)), UnorderedElementsAre("left", "since"))
      << "busy a minute before the last input";
  EXPECT_THAT(foreground_units(apps, minutes(19) - nanoseconds(1)), ElementsAre("since"));
  EXPECT_THAT(foreground_units(apps, hours(0)), ElementsAre("since")) << "one is always left";
}

TEST(Foreground, AGroupBelongsToTheUnitItIsIn) {
  const std::vector<ScopeUse> apps = {app("app-a-1.scope", hours(1)),
                                      app("sub.slice/app-b-2.scope", hours(1))};
  EXPECT_EQ(unit_of(apps, "app-a-1.scope"), "app-a-1.scope");
  EXPECT_EQ(unit_of(apps, "app-a-1.scope/child"), "app-a-1.scope");
  EXPECT_EQ(unit_of(apps, "sub.slice/app-b-2.scope/x/y"), "sub.slice/app-b-2.scope");
  EXPECT_EQ(unit_of(apps, "app-a-1.scope2"), std::nullopt);
  EXPECT_EQ(unit_of(apps, "sub.slice"), std::nullopt);
}

TEST(Foreground, DoesNotTakeATerminalForIt) {
  EXPECT_THAT(foreground_units({app("terminal", minutes(0), true), app("browser", minutes(15))},
                               std::nullopt),
              ElementsAre("browser"));
}

}  // namespace
}  // namespace lull::relief
