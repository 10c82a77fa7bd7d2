// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scheduler/job_world.h"

namespace lull::testing {
namespace {

using base::CancelReason;
using base::WallTime;
using scheduler::JobView;
using scheduler::Outcome;
using scheduler::Trigger;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;
using ::testing::SizeIs;

TEST(JobPause, OverTheDueTimeDelaysTheRunToItsEndAndNotLonger) {
  JobWorld world;
  world.job(periodic("scan", 1h), 1s);
  world.run([&] {
    world.sleep(30min);
    world.jobs.pause(world.time.wall_now() + 2h);
    EXPECT_TRUE(world.jobs.paused());
    world.sleep(119min);
    EXPECT_EQ(world.view("scan").state, JobView::State::kPaused);
    world.sleep(2min);
    EXPECT_FALSE(world.jobs.paused());
  });
  ASSERT_THAT(world["scan"].started, SizeIs(2));
  EXPECT_GE(world["scan"].started[1], 150min);
  EXPECT_LE(world["scan"].started[1], 150min + 1s);
}

TEST(JobPause, WithoutEndLastsUntilResumed) {
  JobWorld world;
  world.job(periodic("scan", 1h), 1s);
  world.run([&] {
    world.sleep(30min);
    world.jobs.pause(std::nullopt);
    EXPECT_EQ(world.jobs.paused_until(), WallTime::max());
    world.sleep(240h);
    EXPECT_TRUE(world.jobs.paused());
    world.jobs.resume();
    EXPECT_EQ(world.jobs.paused_until(), std::nullopt);
    world.sleep(1s);
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 240h + 30min));
}

TEST(JobPause, GoesOnWhenTheProcessStartsAnew) {
  JobWorld world;
  world.store.pause = {{world.time.wall_now() - 1h, world.time.wall_now() + 2h}};
  world.job(periodic("scan", 1h), 1s);
  world.run([&] {
    EXPECT_EQ(world.jobs.paused_until(), world.store.pause->until);
    world.sleep(119min);
    EXPECT_EQ(world.view("scan").state, JobView::State::kPaused);
    world.sleep(2min);
    EXPECT_EQ(world.store.pause, std::nullopt) << "it is over";
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(::testing::AllOf(Ge(2h), Le(2h + 1s))));
}

TEST(JobPause, ForGoodIsForGoodAndOneThatHasEndedIsOver) {
  for (const bool for_good : {true, false}) {
    JobWorld world;
    world.store.pause = {{world.time.wall_now() - 2h, world.time.wall_now() - 1s}};
    if (for_good) world.store.pause->until = std::nullopt;
    world.run([&] {
      EXPECT_EQ(world.jobs.paused(), for_good);
      EXPECT_EQ(world.store.pause.has_value(), for_good);
    });
  }
}

// A machine that wakes in 1970 does not rest until the day that was meant.
TEST(JobPause, IsNotMadeLongerByAClockThatWasSetBack) {
  JobWorld world;
  const WallTime meant = world.time.wall_now() + 240h;
  world.store.pause = {{meant, meant + 1h}};
  world.run([&] {
    EXPECT_EQ(world.jobs.paused_until(), world.time.wall_now() + 1h);
    world.sleep(1h + 1min);
    EXPECT_FALSE(world.jobs.paused());
  });
}

TEST(JobPause, IsKeptAndForgottenAsItIsAskedFor) {
  JobWorld world;
  world.run([&] {
    const WallTime now = world.time.wall_now();
    world.jobs.pause(now + 2h);
    EXPECT_EQ(world.store.pause, (scheduler::SavedPause{now, now + 2h}));
    world.jobs.pause(std::nullopt);
    EXPECT_EQ(world.store.pause, (scheduler::SavedPause{now, std::nullopt}));
    world.jobs.resume();
    EXPECT_EQ(world.store.pause, std::nullopt);
    world.store.pause = {{now, std::nullopt}};  // which could not be read at the start
    world.jobs.resume();
    EXPECT_EQ(world.store.pause, std::nullopt);
  });
}

TEST(JobPause, StopsAutomaticRunsUnderWayAndLetsThemGoOnAfterwards) {
  JobWorld world;
  world.job(periodic("scan", 6h), 10min);
  world.run([&] {
    world.sleep(2min);
    world.jobs.pause(world.time.wall_now() + 1h);
    world.sleep(200ms);
    EXPECT_EQ(world["scan"].running, 0);
    world.sleep(90min);
  });
  EXPECT_EQ(world["scan"].reasons[0], CancelReason::kConstraintLost);
  ASSERT_THAT(world["scan"].checkpoints, ElementsAre("", "half-way"));
  EXPECT_LE(world["scan"].started[1], 62min + 1s);
}

TEST(JobPause, KeepsQueuedAndRaisedRunsFromStartingButNotRequests) {
  JobWorld world({.max_concurrent = 1});
  world.job(on_request("long"), 10s);
  world.job(periodic("scan", 1h), 1s);
  world.job(on_pressure("relief"), 1s);
  world.run([&] {
    const auto long_one = world.jobs.request("long");
    world.sleep(1s);
    world.jobs.pause(std::nullopt);
    world.jobs.raise(Trigger::kPressure);
    world.sleep(1min);
    EXPECT_THAT(world["scan"].started, SizeIs(0));
    EXPECT_THAT(world["relief"].started, SizeIs(0));
    EXPECT_EQ(world.jobs.request("scan")->wait().outcome, Outcome::kDone);
  });
}

TEST(JobPause, IntoThePastIsNoPauseAndEndsOne) {
  JobWorld world;
  world.job(periodic("scan", 1h), 1s);
  world.run([&] {
    world.jobs.pause(std::nullopt);
    world.jobs.pause(world.time.wall_now() - 1h);
    EXPECT_FALSE(world.jobs.paused());
    world.jobs.pause(WallTime::min());
    EXPECT_FALSE(world.jobs.paused());
    world.sleep(1s);
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s));
}

TEST(JobPause, UntilAnAbsurdInstantIsWithoutEnd) {
  JobWorld world;
  world.run([&] {
    world.jobs.pause(WallTime::max());
    EXPECT_TRUE(world.jobs.paused());
    EXPECT_EQ(world.jobs.paused_until(), WallTime::max());
    world.sleep(24h * 365);
    EXPECT_TRUE(world.jobs.paused());
  });
}

TEST(JobPause, KeepsItsLengthWhenTheWallClockIsSet) {
  JobWorld world;
  world.job(periodic("scan", 10min), 1s);
  world.run([&] {
    world.sleep(1min + 300us);
    const WallTime until = world.time.wall_now() + 1h;
    world.jobs.pause(until);
    EXPECT_EQ(world.jobs.paused_until(), until);
    world.sleep(7min + 123456ns);
    EXPECT_EQ(world.jobs.paused_until(), until);
    world.time.jump_wall(24h);
    EXPECT_TRUE(world.jobs.paused());
    EXPECT_NEAR(static_cast<double>((*world.jobs.paused_until() - until) / 1ms),
                static_cast<double>(24h / 1ms), 2);
    world.time.jump_wall(-48h);
    world.sleep(50min);
    EXPECT_TRUE(world.jobs.paused());
    world.sleep(4min);
    EXPECT_FALSE(world.jobs.paused());
  });
}

}  // namespace
}  // namespace lull::testing
