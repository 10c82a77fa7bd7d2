// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "scheduler/job_scheduler_timing.h"

namespace lull::scheduler::detail {
namespace {

using namespace std::chrono_literals;
using base::Duration;
using base::SteadyTime;
using base::WallTime;

SteadyTime at(Duration since_zero) { return SteadyTime(since_zero); }

TEST(JobTiming, AddingAndSubtractingStopsAtTheEndsOfTime) {
  EXPECT_EQ(plus(at(5s), 2s), at(7s));
  EXPECT_EQ(plus(at(5s), Duration::max()), SteadyTime::max());
  EXPECT_EQ(plus(at(-5s), Duration::min()), SteadyTime::min());
  EXPECT_EQ(minus(at(7s), at(5s)), 2s);
  EXPECT_EQ(minus(at(7s), SteadyTime::min()), Duration::max());
  EXPECT_EQ(minus(at(-7s), SteadyTime::max()), Duration::min());
}

TEST(JobTiming, TimeUntilAPlantedInstantStaysWithinTheLimit) {
  const WallTime now(1'700'000'000'000ms);
  EXPECT_EQ(time_until(now + 10s, now, 1h), 10s);
  EXPECT_EQ(time_until(now - 10s, now, 1h), 0s);
  EXPECT_EQ(time_until(now + 1000h, now, 1h), 1h);
  EXPECT_EQ(time_until(WallTime::max(), WallTime::min(), 1h), 1h);
  EXPECT_EQ(time_until(WallTime::min(), WallTime::max(), 1h), 0s);
  EXPECT_EQ(time_until(WallTime::max(), now, Duration::max()), Duration::max());
  EXPECT_EQ(time_until(now + 10s, now, -1h), 0s);
}

TEST(JobTiming, BackOffDoublesFromAMinuteToSixHoursWithinTenPercent) {
  Duration expected = 1min;
  for (unsigned failures = 1; failures < 40; ++failures) {
    const Duration pause = back_off(failures, 7, "scan");
    EXPECT_GE(pause, expected * 9 / 10) << failures;
    EXPECT_LE(pause, expected * 11 / 10) << failures;
    expected = std::min<Duration>(expected * 2, 6h);
  }
  EXPECT_LE(back_off(~0U, 7, "scan"), Duration(6h) * 11 / 10);
}

TEST(JobTiming, BackOffIsTheSameForASeedAndSpreadOverSeedsAndJobs) {
  EXPECT_EQ(back_off(3, 42, "scan"), back_off(3, 42, "scan"));
  std::set<Duration> pauses;
  for (std::uint64_t seed = 0; seed < 100; ++seed) pauses.insert(back_off(1, seed, "scan"));
  EXPECT_GT(pauses.size(), 80U);
  EXPECT_LT(*pauses.begin(), 57s);
  EXPECT_GT(*pauses.rbegin(), 63s);
  EXPECT_NE(back_off(1, 1, "scan"), back_off(1, 1, "size"));
}

TEST(JobTiming, OneWakeUpServesEveryTimerThatIsDueByThen) {
  WakeWindow window;
  EXPECT_EQ(window.merged().due, kNever);
  window.add(at(30s), 15s);
  window.add(at(40s), 60s);
  window.add(at(46s), 0s);
  EXPECT_EQ(window.merged().due, at(40s));
  EXPECT_EQ(window.merged().tolerance, 5s);
  window.add(at(20s), 0s);
  EXPECT_EQ(window.merged().due, at(20s));
  EXPECT_EQ(window.merged().tolerance, 0s);
  window.clear();
  window.add(kNever, 15s);
  EXPECT_EQ(window.merged().due, kNever);
}

TEST(JobTiming, WallTimesFollowTheWallClock) {
  const Moment now{at(100s), WallTime(5'000'000ms)};
  EXPECT_EQ(wall_at(at(160s), now), WallTime(5'060'000ms));
  EXPECT_EQ(wall_at(at(40s), now), WallTime(4'940'000ms));
  EXPECT_GT(wall_at(SteadyTime::max(), now), now.wall);
}

}  // namespace
}  // namespace lull::scheduler::detail
