// SPDX-License-Identifier: MIT
#include "core/stats/recent_load.h"

#include <limits>

#include <gtest/gtest.h>

namespace lull::stats {
namespace {

using std::chrono::seconds;
constexpr base::WallTime kStart{std::chrono::hours(500'000)};

TEST(RecentLoad, GivesWhatWasSeenOldestFirst) {
  RecentLoad recent;
  EXPECT_TRUE(recent.until(kStart).empty());
  recent.add({kStart, 12.344, 0.5});
  recent.add({kStart + seconds(5), {}, 100.0});
  EXPECT_EQ(
      recent.until(kStart + seconds(6)),
      (std::vector<model::LoadSample>{{kStart, 12.34, 0.5}, {kStart + seconds(5), {}, 100.0}}));
}

TEST(RecentLoad, KeepsTenMinutesAndNoMore) {
  RecentLoad recent;
  for (int at = 0; at <= 3600; at += 5) recent.add({kStart + seconds(at), at / 100.0, {}});
  const auto samples = recent.until(kStart + seconds(3600));
  ASSERT_EQ(samples.size(), 121U);
  EXPECT_EQ(samples.front().at, kStart + seconds(3000));
  EXPECT_EQ(samples.back().at, kStart + seconds(3600));
  EXPECT_LE(sizeof(RecentLoad), 2600U);
}

TEST(RecentLoad, WhoLooksOftenDoesNotPushTheRestOut) {
  RecentLoad recent;
  for (int at = 0; at <= 600; ++at) recent.add({kStart + seconds(at), 1.0, {}});
  const auto samples = recent.until(kStart + seconds(600));
  EXPECT_EQ(samples.front().at, kStart);
  EXPECT_EQ(samples.size(), 151U);
}

TEST(RecentLoad, WhatNobodyLookedAtIsMissing) {
  RecentLoad recent;
  recent.add({kStart, 1.0, 1.0});
  recent.add({kStart + seconds(400), 2.0, 2.0});
  EXPECT_EQ(recent.until(kStart + seconds(500)).size(), 2U);
  EXPECT_EQ(recent.until(kStart + seconds(700)).size(), 1U) << "also what is too old by now";
}

TEST(RecentLoad, AClockThatGoesBackStartsAnew) {
  RecentLoad recent;
  recent.add({kStart + seconds(300), 1.0, 1.0});
  recent.add({kStart, 2.0, 2.0});
  const auto samples = recent.until(kStart + seconds(10));
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples.front().cpu_percent, 2.0);
}

TEST(RecentLoad, TakesNonsenseForUnknownAndStaysWithinAHundred) {
  RecentLoad recent;
  recent.add({kStart, std::numeric_limits<double>::quiet_NaN(), 400.0});
  recent.add({kStart + seconds(5), -3.0, {}});
  const auto samples = recent.until(kStart + seconds(5));
  EXPECT_FALSE(samples.at(0).cpu_percent);
  EXPECT_EQ(samples.at(0).pressure_percent, 100.0);
  EXPECT_EQ(samples.at(1).cpu_percent, 0.0);
}

}  // namespace
}  // namespace lull::stats
