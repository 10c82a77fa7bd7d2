// SPDX-License-Identifier: MIT
#include "agent/services/untold_news.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/time_zone.h"

namespace lull::agent {
namespace {

using clean::AutoMode;
using ::testing::ElementsAre;
using namespace std::chrono_literals;

base::WallTime at(const char* text) { return base::parse_rfc3339(text).value(); }

model::HistoryEntry entry(std::int64_t run, const char* origin, std::uint64_t items,
                          bool undoable = true) {
  model::HistoryEntry entry;
  entry.run = run;
  entry.kind = "clean";
  entry.origin = origin;
  entry.items = items;
  entry.bytes = items * 1000;
  entry.undoable = undoable && entry.origin != "rehearsal";
  return entry;
}

model::AutoState told(std::int64_t run) {
  model::AutoState state;
  state.told_run = run;
  state.told_at = at("2026-01-05T12:00:00Z");
  return state;
}

TEST(UntoldNews, AreOfTheNewestRunWithTheSumOfThoseBefore) {
  const auto untold =
      untold_news({entry(9, "automatic", 4), entry(8, "user", 100), entry(7, "automatic", 2),
                   entry(6, "automatic", 1), entry(5, "automatic", 50)},
                  told(5), AutoMode::kOn);
  ASSERT_TRUE(untold);
  EXPECT_EQ(untold->news.run, 9);
  EXPECT_EQ(untold->news.moved_items, 4U);
  EXPECT_EQ(untold->news.earlier_items, 3U);
  EXPECT_EQ(untold->news.earlier_bytes, 3000U);
  EXPECT_EQ(untold->news.newest(), 9);
  EXPECT_FALSE(untold_news({entry(9, "automatic", 4)}, told(9), AutoMode::kOn));
}

TEST(UntoldNews, AreNotOfWhatWasGivenBackAlready) {
  EXPECT_FALSE(untold_news({entry(9, "automatic", 4, false)}, {}, AutoMode::kOn));
}

TEST(UntoldNews, OfRehearsalsAreAllUntilTheFirstWasTold) {
  const std::vector<model::HistoryEntry> history{entry(3, "rehearsal", 2),
                                                 entry(2, "rehearsal", 5)};
  const auto untold = untold_news(history, {}, AutoMode::kRehearse);
  ASSERT_TRUE(untold);
  EXPECT_EQ(untold->news.shown_items, 7U);
  EXPECT_THAT(untold->rehearsals, ElementsAre(3, 2));
  EXPECT_EQ(untold->news.rehearsal, 3);
  EXPECT_FALSE(untold->news.on);
  EXPECT_FALSE(untold_news(history, told(1), AutoMode::kRehearse)) << "once is enough";
  EXPECT_FALSE(untold_news(history, {}, AutoMode::kOff)) << "it would not go";
}

TEST(UntoldNews, OfWhatWillMoveAreOnlyWhatHasNotMovedSince) {
  const std::vector<model::HistoryEntry> history{entry(4, "rehearsal", 2), entry(3, "automatic", 5),
                                                 entry(2, "rehearsal", 5)};
  const auto untold = untold_news(history, told(1), AutoMode::kOn);
  ASSERT_TRUE(untold);
  EXPECT_THAT(untold->rehearsals, ElementsAre(4));
  EXPECT_EQ(untold->news.shown_items, 2U);
  EXPECT_EQ(untold->news.run, 3);
  EXPECT_EQ(untold->news.newest(), 4);
  EXPECT_TRUE(untold->news.on);
}

TEST(MayTell, OnceOnADayOfThePersonsCalendar) {
  support::TimeZone zone("UTC0");
  const auto noon = at("2026-01-05T12:00:00Z");
  EXPECT_TRUE(may_tell(std::nullopt, noon));
  EXPECT_FALSE(may_tell(noon, at("2026-01-05T23:59:00Z")));
  EXPECT_TRUE(may_tell(noon, at("2026-01-06T00:00:00Z")));
  EXPECT_FALSE(may_tell(at("2026-01-05T23:50:00Z"), at("2026-01-06T00:10:00Z")))
      << "two dates, one night";
  zone.fly_to("NZST-13");
  EXPECT_FALSE(may_tell(noon, at("2026-01-06T00:00:00Z"))) << "the sixth in Auckland, both";
}

TEST(MayTell, WhateverAWrongClockSaid) {
  const support::TimeZone zone("UTC0");
  const auto now = at("2026-01-05T12:00:00Z");
  EXPECT_TRUE(may_tell(at("2100-01-01T00:00:00Z"), now));
  EXPECT_TRUE(may_tell(base::WallTime{}, now));
  EXPECT_TRUE(may_tell(base::WallTime::max(), now));
  EXPECT_TRUE(may_tell(base::WallTime::min(), now));
  EXPECT_FALSE(may_tell(now + 1h, now));
}

}  // namespace
}  // namespace lull::agent
