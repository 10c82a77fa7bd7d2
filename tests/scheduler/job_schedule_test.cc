// SPDX-License-Identifier: MIT
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scheduler/job_world.h"

// Triggers, intervals, gaps, deadlines and back-off on the virtual clock.
namespace lull::testing {
namespace {

using base::CancelReason;
using base::Duration;
using scheduler::JobContext;
using scheduler::JobResult;
using scheduler::JobState;
using scheduler::JobView;
using scheduler::Outcome;
using scheduler::Trigger;
using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(JobSchedule, AJobThatNeverRanStartsAtOnceAndThenFromStartToStart) {
  JobWorld world;
  world.job(periodic("scan", 1h), 10min);
  world.run([&] { world.sleep(150min); });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 1h, 2h));
}

TEST(JobSchedule, ToleranceLetsJobsShareOneWakeUp) {
  JobWorld world;
  auto lax = periodic("lax", 60s);
  lax.tolerance = 30s;
  world.job(lax, 0s);
  world.job(periodic("strict", 75s), 0s);
  world.run([&] { world.sleep(80s); });
  EXPECT_THAT(world["strict"].started, ElementsAre(0s, 75s));
  EXPECT_THAT(world["lax"].started, ElementsAre(0s, 75s));
}

TEST(JobSchedule, AJobWithoutToleranceIsNotLate) {
  JobWorld world;
  world.job(periodic("scan", 60s), 0s);
  world.run([&] { world.sleep(181s); });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 60s, 120s, 180s));
}

TEST(JobSchedule, ARunLongerThanItsIntervalIsFollowedByOneRunNotTwo) {
  JobWorld world;
  world.job(periodic("scan", 1min), 150s);
  world.run([&] { world.sleep(299s); });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 150s));
}

TEST(JobSchedule, WithoutAutomaticWorkOnlyRequestsRun) {
  JobWorld world({.automatic = false});
  world.job(periodic("scan", 1h), 1s);
  world.job(on_pressure("relief"), 1s);
  world.run([&] {
    world.jobs.raise(Trigger::kPressure);
    world.sleep(24h);
    EXPECT_EQ(world.view("scan").next_at, std::nullopt);
    EXPECT_EQ(world.jobs.request("scan")->wait().outcome, Outcome::kDone);
    world.sleep(24h);
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(24h));
  EXPECT_THAT(world["relief"].started, SizeIs(0));
}

TEST(JobSchedule, AnIdleJobWaitsForItsConditionsAndRunsOnce) {
  JobWorld world;
  world.condition("user-active", false);
  auto refresh = periodic("refresh", 1min, {"user-active"});
  refresh.trigger = Trigger::kIdle;
  world.job(refresh, 1s);
  world.run([&] {
    world.sleep(10min);
    EXPECT_THAT(world["refresh"].started, SizeIs(0));
    EXPECT_EQ(world.view("refresh").state, JobView::State::kDeferred);
    EXPECT_THAT(world.view("refresh").blocked_by, ElementsAre("user-active"));
    world.set("user-active", true);
    world.sleep(30s);
    EXPECT_THAT(world["refresh"].started, ElementsAre(10min));
  });
}

TEST(JobSchedule, AHeldJobIsLookedAtAgainWithinFortyFiveSecondsWithoutBeingTold) {
  JobWorld world;
  world.condition("cpu-busy", false);
  world.job(periodic("scan", 1h, {"cpu-busy"}), 1s);
  world.run([&] {
    world.sleep(100s);
    world.set("cpu-busy", true, false);
    world.sleep(46s);
  });
  ASSERT_THAT(world["scan"].started, SizeIs(1));
  EXPECT_LE(world["scan"].started[0], 145s);
}

TEST(JobSchedule, HeldJobsAreAskedTogetherAndSeldom) {
  JobWorld world;
  world.condition("cpu-busy", false);
  for (int i = 0; i < 10; ++i)
    world.job(periodic("job " + std::to_string(i), 1min, {"cpu-busy"}), 1s);
  std::vector<Duration> asked_at;
  world.jobs.add_condition({"watch", [&] {
                              if (asked_at.empty() || asked_at.back() != world.now())
                                asked_at.push_back(world.now());
                              return scheduler::ConditionState{false, {}, {}};
                            }});
  world.job(periodic("watched", 1min, {"watch"}), 1s);
  world.run([&] { world.sleep(1h); });
  EXPECT_LE(asked_at.size(), 3600U / 30U + 1U);
  EXPECT_LE(world.asked, 10 * (3600 / 30 + 1));
  EXPECT_GE(asked_at.size(), 3600U / 45U);
}

TEST(JobSchedule, PressureStartsItsJobsWhoseConditionsAreMetAndForgetsTheOthers) {
  JobWorld world;
  world.condition("relief-off", false);
  world.job(on_pressure("shed"), 1s);
  world.job(on_pressure("relief", {"relief-off"}), 1s);
  world.job(periodic("scan", 1h), 1s);
  world.run([&] {
    world.sleep(10s);
    world.jobs.raise(Trigger::kPressure);
    world.sleep(1min);
    world.set("relief-off", true);
    world.sleep(1min);
    EXPECT_THAT(world["relief"].started, SizeIs(0));
    world.jobs.raise(Trigger::kPressure);
    world.sleep(10s);
  });
  EXPECT_THAT(world["shed"].started, ElementsAre(10s, 130s));
  EXPECT_THAT(world["relief"].started, ElementsAre(130s));
  EXPECT_THAT(world["scan"].started, ElementsAre(0s));
  EXPECT_TRUE(world["shed"].automatic[0]);
}

TEST(JobSchedule, PressureThatRisesTwiceDuringARunStartsNoSecond) {
  JobWorld world;
  world.job(on_pressure("relief"), 10s);
  world.run([&] {
    for (int i = 0; i < 5; ++i) {
      world.jobs.raise(Trigger::kPressure);
      world.sleep(1s);
    }
    world.sleep(1min);
  });
  EXPECT_THAT(world["relief"].started, ElementsAre(0s));
}

TEST(JobSchedule, TheMinimumGapHoldsFromTheEndOfOneAutomaticRunToTheNext) {
  JobWorld world;
  auto relief = on_pressure("relief");
  relief.minimum_gap = 5min;
  world.job(relief, 1min);
  world.run([&] {
    world.jobs.raise(Trigger::kPressure);
    world.sleep(5min);
    world.jobs.raise(Trigger::kPressure);  // four minutes after the end
    world.sleep(61s);
    world.jobs.raise(Trigger::kPressure);
    world.sleep(1s);
  });
  EXPECT_THAT(world["relief"].started, ElementsAre(0s, 361s));
}

TEST(JobSchedule, ARequestDoesNotMindTheMinimumGap) {
  JobWorld world;
  auto scan = periodic("scan", 1h);
  scan.minimum_gap = 30min;
  world.job(scan, 1s);
  world.run([&] {
    world.sleep(1min);
    EXPECT_EQ(world.jobs.request("scan")->wait().outcome, Outcome::kDone);
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 60s));
}

TEST(JobSchedule, APersonsRunPutsTheNextAutomaticOneOff) {
  JobWorld world;
  world.job(periodic("scan", 1h), 1s);
  world.run([&] {
    world.sleep(40min);
    world.jobs.request("scan")->wait();
    world.jobs.request("scan", {{"category", "pip"}})->wait();
    world.sleep(2h);
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 40min, 40min + 1s, 100min, 160min));
}

TEST(JobSchedule, ADeadlineCancelsTheRun) {
  JobWorld world;
  auto scan = periodic("scan", 1h);
  scan.deadline = 10s;
  world.job(scan, 5min);
  world.run([&] { world.sleep(90min); });
  EXPECT_THAT(world["scan"].reasons, ElementsAre(CancelReason::kDeadline, CancelReason::kDeadline));
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 1h));
  EXPECT_GE(world["scan"].ended[0], 10s);
  EXPECT_LE(world["scan"].ended[0], 11s);
  EXPECT_EQ(world.store.states["scan"].last_message, "deadline");
}

TEST(JobSchedule, AFailedAutomaticRunBacksOffDoublingAndASuccessEndsIt) {
  JobWorld world;
  int left = 5;
  world.job(periodic("scan", 24h), 0s, [&](const JobContext&) -> JobResult {
    return left-- > 0 ? JobResult{Outcome::kFailed, "no", {}} : JobResult{};
  });
  world.run([&] {
    world.sleep(23h);
    EXPECT_EQ(world.view("scan").persisted.failures, 0U);
  });
  const auto& started = world["scan"].started;
  ASSERT_THAT(started, SizeIs(6));
  Duration expected = 1min;
  for (std::size_t i = 1; i < started.size(); ++i, expected *= 2) {
    EXPECT_GE(started[i] - started[i - 1], expected * 9 / 10);
    EXPECT_LE(started[i] - started[i - 1], expected * 11 / 10);
  }
}

TEST(JobSchedule, TheJitterOfTheBackOffDependsOnTheSeedAlone) {
  const auto starts = [](std::uint64_t seed) {
    JobWorld world({.jitter_seed = seed});
    world.job(periodic("scan", 24h), 0s, [](const JobContext&) {
      return JobResult{Outcome::kFailed, "no", {}};
    });
    world.run([&] { world.sleep(12h); });
    return world["scan"].started;
  };
  EXPECT_EQ(starts(1), starts(1));
  EXPECT_NE(starts(1), starts(2));
}

TEST(JobSchedule, ABackOffKeepsARaisedJobBackToo) {
  JobWorld world;
  world.job(on_pressure("relief"), 0s, [](const JobContext&) {
    return JobResult{Outcome::kFailed, "no", {}};
  });
  world.run([&] {
    for (int i = 0; i < 50; ++i) {
      world.jobs.raise(Trigger::kPressure);
      world.sleep(1s);
    }
    EXPECT_THAT(world["relief"].started, SizeIs(1));
    EXPECT_FALSE(world.jobs.explain("relief")->would_run);
    world.sleep(20s);
    world.jobs.raise(Trigger::kPressure);
    world.sleep(1s);
  });
  EXPECT_THAT(world["relief"].started, SizeIs(2));
}

TEST(JobSchedule, ABodyThatThrowsHasFailedWithItsMessageAndHarmsNobody) {
  JobWorld world;
  world.job(periodic("mine", 1h), 1s,
            [](const JobContext&) -> JobResult { throw std::runtime_error("kaboom"); });
  world.job(on_request("odd"), 1s, [](const JobContext&) -> JobResult { throw 42; });
  world.job(periodic("other", 1h), 1s);
  world.run([&] {
    world.sleep(5s);
    EXPECT_EQ(world.view("mine").persisted.last_outcome, Outcome::kFailed);
    EXPECT_EQ(world.view("mine").persisted.last_message, "kaboom");
    const JobResult odd = world.jobs.request("odd")->wait();
    EXPECT_EQ(odd.outcome, Outcome::kFailed);
    EXPECT_NE(odd.message, "");
    world.sleep(61min);
  });
  EXPECT_THAT(world["other"].started, ElementsAre(0s, 1h));
}

TEST(JobSchedule, AJobWithoutABodyFailsWhenItIsRun) {
  JobWorld world;
  world.jobs.add_job(on_request("empty"));
  world.run([&] { EXPECT_EQ(world.jobs.request("empty")->wait().outcome, Outcome::kFailed); });
}

TEST(JobSchedule, APersistedStateIsTakenUpAndAnAbsurdOneClamped) {
  JobWorld world;
  const auto wall = world.time.wall_now();
  const auto plant = [&](const char* name, base::WallTime next_due) {
    JobState state;
    state.name = name;
    state.next_due = next_due;
    world.store.planted.push_back(state);
    world.job(periodic(name, 1h), 1s);
  };
  plant("sane", wall + 20min);
  plant("past", wall - 24h * 10);
  plant("far past", base::WallTime::min());
  plant("far future", base::WallTime::max());
  JobState orphan;
  orphan.name = "of a job that is no more";
  world.store.planted.push_back(orphan);
  world.run([&] { world.sleep(70min); });
  EXPECT_THAT(world["sane"].started, ElementsAre(20min));
  EXPECT_THAT(world["past"].started, ElementsAre(0s, 1h));
  EXPECT_THAT(world["far past"].started, ElementsAre(0s, 1h));
  EXPECT_THAT(world["far future"].started, ElementsAre(1h));
}

TEST(JobSchedule, AStateIsSavedWhenARunBeginsAndWhenItEnds) {
  JobWorld world;
  world.job(periodic("scan", 1h), 10min);
  const auto wall = world.time.wall_now();
  world.run([&] {
    world.sleep(5min);
    // Killed now, the next process would not begin with the same job at once.
    EXPECT_EQ(world.store.states["scan"].last_started, wall);
    EXPECT_EQ(world.store.states["scan"].next_due, wall + 1h);
    world.sleep(6min);
    EXPECT_EQ(world.store.saves, 2);
    EXPECT_EQ(world.store.states["scan"].last_outcome, Outcome::kDone);
  });
}

TEST(JobSchedule, ANewIntervalCountsFromTheLastStart) {
  JobWorld world;
  world.job(periodic("scan", 6h), 1s);
  world.run([&] {
    world.sleep(90min);
    world.jobs.set_interval("scan", 2h);
    world.sleep(1h);
    world.jobs.set_interval("scan", 10min);  // over already
    world.sleep(1s);
    world.jobs.set_interval("scan", 0s);
    world.jobs.set_interval("nobody", 1s);
    world.sleep(24h);
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 2h, 150min));
}

TEST(JobSchedule, EveryRunIsToldWithItsResultAndTimes) {
  JobWorld world;
  world.job(periodic("scan", 1h), 3s, [](const JobContext&) {
    return JobResult{Outcome::kPartial, "two unread", {}};
  });
  std::vector<std::string> told;
  world.jobs.on_run_ended([&](const scheduler::JobSpec& spec, const JobResult& result,
                              base::WallTime, Duration elapsed, bool automatic) {
    told.push_back(spec.name + " " + std::string(outcome_name(result.outcome)) + " " +
                   result.message + " " + std::to_string(elapsed / 1s) +
                   (automatic ? " automatic" : " asked"));
  });
  world.run([&] {
    world.sleep(10s);
    world.jobs.request("scan")->wait();
  });
  EXPECT_THAT(
      told, ElementsAre("scan partial two unread 3 automatic", "scan partial two unread 3 asked"));
}

TEST(JobSchedule, ChangesAreToldOncePerTurn) {
  JobWorld world;
  world.condition("user-active", false);
  world.job(periodic("held", 1h, {"user-active"}), 1s);
  for (int i = 0; i < 20; ++i) world.job(periodic("job " + std::to_string(i), 1h), 1s);
  int told = 0;
  world.jobs.on_change([&] { ++told; });
  world.run([&] {
    world.sleep(10s);
    EXPECT_GE(told, 2);
    EXPECT_LE(told, 20);
    told = 0;
    world.sleep(10min);
    EXPECT_EQ(told, 0) << "looked at again, and nothing was different";
    for (int i = 0; i < 100; ++i) world.jobs.pause(std::nullopt);
    world.engine.yield();
    world.engine.yield();
    EXPECT_EQ(told, 1);
  });
}

TEST(JobSchedule, AnObserverMayUseTheScheduler) {
  JobWorld world;
  world.job(periodic("scan", 1h), 1s);
  world.job(on_request("report"), 1s);
  bool asked = false;
  world.jobs.on_change([&] {
    if (!std::exchange(asked, true)) {
      EXPECT_TRUE(world.jobs.request("report").has_value());
    }
    EXPECT_THAT(world.jobs.jobs(), SizeIs(2));
  });
  world.run([&] { world.sleep(10s); });
  EXPECT_THAT(world["report"].started, ElementsAre(0s));
}

}  // namespace
}  // namespace lull::testing
