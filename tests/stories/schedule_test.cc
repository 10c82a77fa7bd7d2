// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scheduler/job_world.h"

// What a user would tell of a day with the agent, in virtual time.
namespace lull::testing {
namespace {

using base::CancelReason;
using base::Duration;
using scheduler::JobContext;
using scheduler::JobResult;
using scheduler::JobSpec;
using scheduler::Outcome;
using scheduler::Priority;
using scheduler::Trigger;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// The three automatic jobs of the agent.
void add_household(JobWorld& world) {
  for (const char* code : {"user-active", "cpu-busy", "pressure"}) world.condition(code);
  JobSpec scan = periodic("scan", 6h, {"cpu-busy", "pressure"});
  scan.tolerance = 10min;
  world.job(scan, 20s);
  JobSpec refresh = periodic("refresh-cache", 1min, {"user-active", "cpu-busy", "pressure"});
  refresh.trigger = Trigger::kIdle;
  refresh.tolerance = 30s;
  world.job(refresh, 2s);
  JobSpec relief = on_pressure("relief");
  relief.priority = Priority::kUserVisible;
  relief.minimum_gap = 1min;
  world.job(relief, 5s);
}

TEST(Story, PressureRisesAndOurOwnWorkMakesRoomBeforeReliefRuns) {
  JobWorld world({.max_concurrent = 1});
  add_household(world);
  world.run([&] {
    world.sleep(10s);
    ASSERT_EQ(world["scan"].running, 1);
    world.set("pressure", false);
    world.jobs.cancel_background(CancelReason::kConstraintLost);
    world.jobs.raise(Trigger::kPressure);
    world.sleep(10min);
    EXPECT_THAT(world["relief"].started, ElementsAre(10s));
    EXPECT_THAT(world["scan"].ended, ElementsAre(10s));
    EXPECT_EQ(world.running, 0) << "nothing of ours while the machine is short";
    world.set("pressure", true);
    world.sleep(1min);
    EXPECT_THAT(world["scan"].checkpoints, ElementsAre("", "half-way"));
  });
}

TEST(Story, PressureThatComesAgainAndAgainIsNotAnsweredEachTime) {
  JobWorld world;
  add_household(world);
  world.run([&] {
    for (int i = 0; i < 60; ++i) {
      world.jobs.raise(Trigger::kPressure);
      world.sleep(10s);
    }
  });
  EXPECT_LE(world["relief"].started.size(), 10U);
  EXPECT_GE(world["relief"].started.size(), 8U);
}

TEST(Story, TheUserGoesForLunchAndTheCachesAreRefreshed) {
  JobWorld world;
  add_household(world);
  world.run([&] {
    world.set("user-active", false);
    world.sleep(3h);
    EXPECT_THAT(world["refresh-cache"].started, SizeIs(0));
    world.set("user-active", true);
    world.sleep(45min);
    const auto at_lunch = world["refresh-cache"].started.size();
    EXPECT_GE(at_lunch, 30U);
    EXPECT_LE(at_lunch, 46U);
    world.set("user-active", false);
    world.sleep(3h);
    EXPECT_EQ(world["refresh-cache"].started.size(), at_lunch);
  });
}

TEST(Story, TheUserReturnsMidJobAndItStopsWithinTwoHundredMilliseconds) {
  for (const Duration after : {20ms, 180ms, 730ms, 1999ms}) {
    JobWorld world;
    add_household(world);
    world.run([&] {
      world.sleep(after);
      ASSERT_EQ(world["refresh-cache"].running, 1);
      world.set("user-active", false, false);  // and nobody tells the scheduler
      world.sleep(200ms);
      EXPECT_EQ(world["refresh-cache"].running, 0);
      EXPECT_EQ(world["scan"].running, 1) << "which does not mind the user";
    });
  }
}

TEST(Story, AJobCutShortTenTimesIsDoneInTheEnd) {
  JobWorld world;
  world.condition("user-active");
  JobSpec spec = periodic("scan", 24h, {"user-active"});
  int done_items = 0;
  spec.body = [&](JobContext& context) -> JobResult {
    int item = context.checkpoint.empty() ? 0 : std::stoi(context.checkpoint);
    for (; item < 100; ++item) {
      if (context.cancel.cancelled()) return {Outcome::kCancelled, {}, std::to_string(item)};
      world.sleep(1s);
      ++done_items;
    }
    return {};
  };
  world.jobs.add_job(spec);
  world.run([&] {
    for (int i = 0; i < 10; ++i) {
      world.sleep(9500ms);
      world.set("user-active", false);
      world.sleep(5min);
      world.set("user-active", true);
    }
    world.sleep(1min);
  });
  EXPECT_EQ(done_items, 100) << "none twice, none left out";
  EXPECT_EQ(world.store.states["scan"].last_outcome, Outcome::kDone);
}

TEST(Story, APeriodicJobKeepsItsPaceOverDays) {
  JobWorld world;
  world.job(periodic("scan", 6h), 7min);
  world.run([&] { world.sleep(24h * 10 + 1min); });
  const auto& started = world["scan"].started;
  ASSERT_THAT(started, SizeIs(41));
  for (std::size_t i = 0; i < started.size(); ++i) EXPECT_EQ(started[i], 6h * static_cast<int>(i));
}

TEST(Story, ANightInSuspendWhereTheSteadyClockCountsItMakesUpOneRunNotEight) {
  JobWorld world;
  world.job(periodic("scan", 1h), 1min);
  world.run([&] {
    world.sleep(90min);
    world.time.suspend_for(8h);
    world.sleep(50min);
  });
  // Due at 2 h; the machine was away from 1 h 30 to 9 h 30. The timer armed before fires on waking.
  ASSERT_THAT(world["scan"].started, SizeIs(3));
  EXPECT_GE(world["scan"].started[2], 9h + 30min);
  EXPECT_LE(world["scan"].started[2], 10h);
}

TEST(Story, ANightInSuspendWhereOnlyTheWallClockCountsItChangesNothing) {
  JobWorld world;
  world.job(periodic("scan", 1h), 1min);
  world.run([&] {
    world.sleep(90min);
    world.time.jump_wall(8h);
    world.sleep(2h);
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 1h, 2h, 3h));
}

TEST(Story, ClocksSetADayAheadOrBackChangeNothingButTheDatesShown) {
  for (const Duration jump : {Duration(24h), Duration(-24h)}) {
    JobWorld world;
    world.job(periodic("scan", 6h), 1min);
    world.run([&] {
      world.sleep(1h);
      const auto before = *world.view("scan").next_at;
      world.time.jump_wall(jump);
      EXPECT_EQ(*world.view("scan").next_at - before, jump);
      world.sleep(12h);
    });
    EXPECT_THAT(world["scan"].started, ElementsAre(0s, 6h, 12h));
  }
}

TEST(Story, ARestartAfterTheClockWasSetBackAYearWaitsOneIntervalAtMost) {
  JobWorld first;
  first.job(periodic("scan", 6h), 1min);
  first.run([&] { first.sleep(1h); });
  JobWorld second;
  second.time.jump_wall(-24h * 365);
  second.store.planted = {first.store.states["scan"]};
  second.job(periodic("scan", 6h), 1min);
  second.run([&] { second.sleep(7h); });
  EXPECT_THAT(second["scan"].started, ElementsAre(6h));
}

TEST(Story, APauseOverTheDueTimeEndsAndTheRunHappensOnce) {
  JobWorld world;
  world.job(periodic("scan", 1h), 1min);
  world.run([&] {
    world.sleep(30min);
    world.jobs.pause(world.time.wall_now() + 5h);
    world.sleep(330min);
  });
  ASSERT_THAT(world["scan"].started, SizeIs(2));
  EXPECT_GE(world["scan"].started[1], 5h + 30min - 1s);
}

TEST(Story, AClickDuringAutomaticWorkJoinsItAndTheMouseDoesNotStopItAnyMore) {
  JobWorld world;
  add_household(world);
  world.run([&] {
    world.sleep(5s);
    auto click = world.jobs.request("scan");
    world.set("user-active", false);
    world.set("cpu-busy", false);
    EXPECT_EQ(click->wait().outcome, Outcome::kDone);
    EXPECT_EQ(world.now(), 20s);
  });
  EXPECT_THAT(world["scan"].started, SizeIs(1));
}

TEST(Story, ADiskFullAllNightIsTriedSeldomerAndSeldomer) {
  JobWorld world;
  world.job(periodic("scan", 10min), 1s, [](const JobContext&) {
    return JobResult{Outcome::kFailed, "no space left", {}};
  });
  world.run([&] { world.sleep(24h); });
  // 1, 2, 4, … 256, then every six hours: not every ten minutes, and not 144 times.
  EXPECT_GE(world["scan"].started.size(), 10U);
  EXPECT_LE(world["scan"].started.size(), 14U);
}

TEST(Story, AQuietMachineIsWokenOnlyForWhatIsDue) {
  JobWorld world;
  for (const char* code : {"user-active", "cpu-busy"}) world.condition(code);
  JobSpec scan = periodic("scan", 6h, {"cpu-busy"});
  scan.tolerance = 10min;
  world.job(scan, 0s);
  world.job(on_pressure("relief"), 1s);
  world.run([&] {
    world.sleep(1min);
    const auto before = world.time.jumps();
    world.sleep(24h);
    EXPECT_LE(world.time.jumps() - before, 5U) << "four scans and the end of the story";
  });
}

TEST(Story, ABusyUserCostsOneWakeUpInThirtySecondsAtMost) {
  JobWorld world;
  add_household(world);
  world.run([&] {
    world.set("user-active", false);
    world.set("cpu-busy", false);
    world.sleep(1min);
    const auto before = world.time.jumps();
    world.sleep(1h);
    EXPECT_LE(world.time.jumps() - before, 3600U / 30U + 1U);
    EXPECT_GE(world.time.jumps() - before, 3600U / 45U) << "it was looking";
  });
}

}  // namespace
}  // namespace lull::testing
