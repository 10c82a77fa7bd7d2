// SPDX-License-Identifier: MIT
#include "core/cache/usage_histogram.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace lull::cache {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::weeks;

constexpr unsigned kMondayNine = 9;
// Monday 2026-01-05 09:00.
constexpr base::WallTime kNine = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + 9h;

TEST(UsageHistogram, CountsHoursFromMonday) {
  std::tm local{};
  local.tm_wday = 1;
  EXPECT_EQ(UsageHistogram::hour_of_week(local), 0u);
  local.tm_hour = 9;
  EXPECT_EQ(UsageHistogram::hour_of_week(local), kMondayNine);
  local.tm_wday = 0;  // Sunday
  local.tm_hour = 23;
  EXPECT_EQ(UsageHistogram::hour_of_week(local), 167u);
}

TEST(UsageHistogram, OneLookMakesTheHourUsualAWeekLater) {
  UsageHistogram histogram;
  EXPECT_FALSE(histogram.is_usual(kMondayNine, kNine));
  EXPECT_TRUE(histogram.note(kMondayNine, kNine));
  EXPECT_TRUE(histogram.is_usual(kMondayNine, kNine + weeks(1) - 15min));
  EXPECT_TRUE(histogram.is_usual(kMondayNine, kNine + weeks(1) + 45min)) << "clocks were set";
}

TEST(UsageHistogram, OneLookIsForgottenAfterTwoWeeks) {
  UsageHistogram histogram;
  histogram.note(kMondayNine, kNine);
  EXPECT_FALSE(histogram.is_usual(kMondayNine, kNine + weeks(2) - 15min));
}

TEST(UsageHistogram, ALongHabitOutlivesOneWeekOfHolidaysAndNotTwo) {
  UsageHistogram histogram;
  for (int week = 0; week < 10; ++week) histogram.note(kMondayNine, kNine + weeks(week));
  EXPECT_TRUE(histogram.is_usual(kMondayNine, kNine + weeks(11) - 15min));
  EXPECT_FALSE(histogram.is_usual(kMondayNine, kNine + weeks(12) - 15min));
}

TEST(UsageHistogram, LookingAgainInTheSameHourCountsOnce) {
  UsageHistogram histogram;
  histogram.note(kMondayNine, kNine);
  for (int second = 0; second < 3600; second += 2)
    EXPECT_FALSE(histogram.note(kMondayNine, kNine + std::chrono::seconds(second)));
  EXPECT_NEAR(histogram.weight(kMondayNine, kNine), 1, 1e-9);
}

TEST(UsageHistogram, TheWeightIsBoundedByTwo) {
  UsageHistogram histogram;
  for (int week = 0; week < 500; ++week) histogram.note(kMondayNine, kNine + weeks(week));
  EXPECT_LE(histogram.weight(kMondayNine, kNine + weeks(499)), 2);
  EXPECT_GT(histogram.weight(kMondayNine, kNine + weeks(499)), 1.9);
}

TEST(UsageHistogram, OnlyTheFirstOfUsualHoursBeginsAUsualTime) {
  UsageHistogram histogram;
  for (unsigned hour = 9; hour < 17; ++hour)
    histogram.note(hour, kNine + std::chrono::hours(hour - 9));
  const base::WallTime next_week = kNine + weeks(1) - 1h;
  EXPECT_TRUE(histogram.begins_usual_time(9, next_week));
  for (unsigned hour = 10; hour <= 17; ++hour)
    EXPECT_FALSE(histogram.begins_usual_time(hour, next_week)) << hour;
}

TEST(UsageHistogram, AProgramThatAsksEveryHourMakesNoUsualTime) {
  UsageHistogram histogram;
  for (unsigned hour = 0; hour < UsageHistogram::kHours; ++hour)
    histogram.note(hour, kNine - 9h + std::chrono::hours(hour));
  const base::WallTime next_week = kNine - 9h + weeks(1) - 15min;
  EXPECT_TRUE(histogram.is_usual(5, next_week));
  EXPECT_FALSE(histogram.hours_until_usual_time(0, next_week));
}

TEST(UsageHistogram, TheWeekIsARing) {
  UsageHistogram histogram;
  EXPECT_FALSE(histogram.hours_until_usual_time(0, kNine));
  histogram.note(0, kNine - 9h);  // Monday from midnight
  EXPECT_TRUE(histogram.begins_usual_time(0, kNine));
  EXPECT_EQ(histogram.hours_until_usual_time(167, kNine), 1u);
  EXPECT_EQ(histogram.hours_until_usual_time(0, kNine), 168u);
}

TEST(UsageHistogram, WhatWasKeptIsAsItWas) {
  UsageHistogram before;
  before.note(kMondayNine, kNine);
  UsageHistogram after;
  after.restore(kMondayNine, before.bucket(kMondayNine), kNine + days(3));
  EXPECT_EQ(after.weight(kMondayNine, kNine + days(5)),
            before.weight(kMondayNine, kNine + days(5)));
}

TEST(UsageHistogram, NonsenseFromTheDiskIsIgnored) {
  UsageHistogram histogram;
  const double infinity = std::numeric_limits<double>::infinity();
  histogram.restore(168, {1, kNine}, kNine);
  for (const double weight : {-1.0, 0.0, infinity, -infinity, std::nan("")}) {
    histogram.restore(3, {weight, kNine}, kNine);
    EXPECT_EQ(histogram.weight(3, kNine), 0) << weight;
  }
  histogram.restore(4, {1e9, kNine + weeks(500)}, kNine);
  EXPECT_EQ(histogram.weight(4, kNine), 2);
  EXPECT_FALSE(histogram.is_usual(4, kNine + weeks(4))) << "from now on it fades like any other";
}

TEST(UsageHistogram, AClockThatIsSetBackCountsNothingTwiceAndLosesNothing) {
  UsageHistogram histogram;
  histogram.note(kMondayNine, kNine);
  EXPECT_FALSE(histogram.note(kMondayNine, kNine - 1h));
  EXPECT_NEAR(histogram.weight(kMondayNine, kNine - days(400)), 1, 1e-9);
}

TEST(UsageHistogram, CanBeForgotten) {
  UsageHistogram histogram;
  histogram.note(kMondayNine, kNine);
  histogram.clear();
  EXPECT_EQ(histogram.weight(kMondayNine, kNine), 0);
}

}  // namespace
}  // namespace lull::cache
