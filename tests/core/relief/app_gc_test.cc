// SPDX-License-Identifier: MIT
#include "core/relief/app_gc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::relief {
namespace {

using base::kMiB;
using platform::JavaProgram;
using testing::HasSubstr;

JavaProgram program(const std::string& name = "org.example.Main") {
  JavaProgram made;
  made.pid = 7;
  made.name = name;
  made.unit = "app-jetbrains\\x2didea-1.scope";
  made.anonymous_bytes = 500 * kMiB;
  return made;
}

TEST(AppGc, AsksOnlyWhoIsNamed) {
  for (const char* name : {"org.example.Main", "Main", "main", "jetbrains-idea"})
    EXPECT_TRUE(may_collect(program(), {name})) << name;
  for (const char* name : {"", "org.example", "example.Main", "Mai", "idea"})
    EXPECT_FALSE(may_collect(program(), {name})) << name;
  EXPECT_FALSE(may_collect(program(), {}));
}

TEST(AppGc, DoesNotAskWhoIsInSwapOrMustNotBeAsked) {
  JavaProgram in_swap = program();
  in_swap.swapped_bytes = kMostSwapped;
  EXPECT_TRUE(may_collect(in_swap, {"Main"}));
  ++in_swap.swapped_bytes;
  EXPECT_FALSE(may_collect(in_swap, {"Main"}));
  EXPECT_THAT(app_gc_verdict({in_swap}, {"Main"}, {}).reason, HasSubstr("in swap"));
  JavaProgram unfit = program();
  unfit.unfit = "it runs in a container";
  EXPECT_FALSE(may_collect(unfit, {"Main"}));
  EXPECT_EQ(app_gc_verdict({unfit}, {"Main"}, {}).outcome, ReliefOutcome::kUnavailable);
}

TEST(AppGc, SaysWhyNobodyWasAsked) {
  EXPECT_EQ(app_gc_verdict({}, {"Main"}, {}).outcome, ReliefOutcome::kNoEffect);
  const auto verdict = app_gc_verdict({program(), program()}, {"Other"}, {});
  EXPECT_EQ(verdict.outcome, ReliefOutcome::kSkipped);
  EXPECT_THAT(verdict.reason, HasSubstr("2 Java programs of yours run"));
  EXPECT_EQ(app_gc_outlook({program()}, {"Other"}).outcome, ReliefOutcome::kSkipped);
  EXPECT_THAT(app_gc_outlook({program()}, {"Main"}).reason, HasSubstr("would ask 1 Java program"));
}

TEST(AppGc, ClaimsWhatWasMeasured) {
  const std::vector<std::string> names = {"Main"};
  const auto verdict = app_gc_verdict(
      {program()}, names,
      {{"a", 300 * kMiB, 100 * kMiB, ""}, {"b", 100 * kMiB, 120 * kMiB, ""}, {"c", 9, 0, "no"}});
  EXPECT_EQ(verdict.outcome, ReliefOutcome::kFreed);
  EXPECT_EQ(verdict.bytes, 200 * kMiB);
  EXPECT_THAT(verdict.reason, HasSubstr("2 Java programs collected; c: no"));
  EXPECT_EQ(app_gc_verdict({program()}, names, {{"a", kMiB, kMiB, ""}}).outcome,
            ReliefOutcome::kNoEffect);
  EXPECT_EQ(app_gc_verdict({program()}, names, {{"a", kMiB, 0, "no"}}).outcome,
            ReliefOutcome::kFailed);
}

}  // namespace
}  // namespace lull::relief
