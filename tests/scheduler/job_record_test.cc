// SPDX-License-Identifier: MIT
#include <limits>

#include <gtest/gtest.h>

#include "scheduler/job_scheduler_record.h"

// What a persisted state may do to the schedule, sane and planted.
namespace lull::scheduler::detail {
namespace {

using namespace std::chrono_literals;
using base::CancelReason;
using base::Duration;
using base::SteadyTime;
using base::WallTime;

const Moment kNow{SteadyTime(Duration(50h)), WallTime(1'700'000'000'000ms)};

Moment later(Duration by) {
  return {kNow.steady + by, kNow.wall + std::chrono::duration_cast<std::chrono::milliseconds>(by)};
}

JobRecord every_hour(Duration minimum_gap = {}) {
  JobSpec spec;
  spec.name = "scan";
  spec.trigger = Trigger::kPeriodic;
  spec.interval = 1h;
  spec.minimum_gap = minimum_gap;
  return {std::move(spec), 1};
}

JobRecord restored(const JobState& state, Duration minimum_gap = {}) {
  JobRecord job = every_hour(minimum_gap);
  job.restore(state, kNow);
  return job;
}

JobState due(WallTime next_due) {
  JobState state;
  state.next_due = next_due;
  return state;
}

TEST(JobRecord, ThatNeverRanIsDueAtOnce) {
  JobRecord job = every_hour();
  job.begin_afresh(kNow);
  EXPECT_EQ(job.ready_at(), kNow.steady);
}

TEST(JobRecord, TakesUpItsPersistedDueTime) {
  EXPECT_EQ(restored(due(kNow.wall + 20min)).ready_at(), kNow.steady + 20min);
  EXPECT_EQ(restored(due(kNow.wall - 20min)).ready_at(), kNow.steady);
}

TEST(JobRecord, ClampsAPlantedDueTimeToOneInterval) {
  EXPECT_EQ(restored(due(kNow.wall + 24h * 365 * 100)).ready_at(), kNow.steady + 1h);
  EXPECT_EQ(restored(due(WallTime::max())).ready_at(), kNow.steady + 1h);
  EXPECT_EQ(restored(due(WallTime::min())).ready_at(), kNow.steady);
}

TEST(JobRecord, IsDueAnIntervalAfterItsLastStartWhenNothingElseIsKnown) {
  JobState state;
  state.last_started = kNow.wall - 15min;
  EXPECT_EQ(restored(state).ready_at(), kNow.steady + 45min);
  state.last_started = WallTime::max();
  EXPECT_EQ(restored(state).ready_at(), kNow.steady + 1h);
  state.last_started = WallTime::min();
  EXPECT_EQ(restored(state).ready_at(), kNow.steady);
}

TEST(JobRecord, APlantedStartInTheFutureHoldsTheMinimumGapOnlyOnce) {
  JobState state = due(kNow.wall);
  state.last_started = WallTime::max();
  EXPECT_EQ(restored(state, 10min).not_before(), kNow.steady + 10min);
  state.last_started = kNow.wall - 4min;
  EXPECT_EQ(restored(state, 10min).not_before(), kNow.steady + 6min);
}

TEST(JobRecord, GoesOnBackingOffAfterARestartButNoLongerThanTheBackOff) {
  JobState state = due(kNow.wall + 30min);
  state.failures = 6;  // 32 min
  EXPECT_EQ(restored(state).ready_at(), kNow.steady + 30min);
  state.failures = std::numeric_limits<unsigned>::max();
  state.next_due = WallTime::max();
  const JobRecord job = restored(state);
  EXPECT_LE(*job.ready_at(), kNow.steady + Duration(6h) * 11 / 10);
  EXPECT_EQ(job.ready_at(), job.not_before());
}

TEST(JobRecord, CountsFailuresWithoutWrappingRound) {
  JobState state = due(kNow.wall);
  state.failures = std::numeric_limits<unsigned>::max();
  JobRecord job = restored(state);
  job.run_ended({true, true, kNow.steady, {}}, {Outcome::kFailed, "no", {}}, kNow);
  EXPECT_EQ(job.failures(), std::numeric_limits<unsigned>::max());
  EXPECT_GT(*job.ready_at(), kNow.steady + 5h);
}

TEST(JobRecord, MeasuresTheIntervalFromStartToStart) {
  JobRecord job = every_hour();
  job.begin_afresh(kNow);
  job.run_began({true, true, kNow.steady, {}}, kNow);
  job.run_ended({true, true, kNow.steady, {}}, {}, later(20min));
  EXPECT_EQ(job.ready_at(), kNow.steady + 1h);
}

TEST(JobRecord, IsDueAgainAtOnceWhenCutShortAndKeepsItsCheckpoint) {
  for (const auto reason : {CancelReason::kConstraintLost, CancelReason::kShutdown}) {
    JobRecord job = every_hour(5min);
    job.run_began({true, true, kNow.steady, {}}, kNow);
    job.run_ended({true, true, kNow.steady, reason}, {Outcome::kCancelled, {}, "item 7"},
                  later(20min));
    EXPECT_EQ(job.due_at(), kNow.steady + 20min);
    EXPECT_EQ(job.ready_at(), kNow.steady + 25min);
    EXPECT_EQ(job.checkpoint(), "item 7");
  }
}

TEST(JobRecord, HadItsTurnWhenAPersonOrItsDeadlineCancelledIt) {
  for (const auto reason : {CancelReason::kUser, CancelReason::kDeadline}) {
    JobRecord job = every_hour();
    job.run_began({true, true, kNow.steady, {}}, kNow);
    job.run_ended({true, true, kNow.steady, reason}, {Outcome::kCancelled, {}, "item 7"},
                  later(20min));
    EXPECT_EQ(job.ready_at(), kNow.steady + 1h);
    EXPECT_EQ(job.checkpoint(), "item 7");
  }
}

TEST(JobRecord, ForgetsTheCheckpointWhenDoneAndWhenItFailed) {
  JobState state = due(kNow.wall);
  state.checkpoint = "item 7";
  for (const auto outcome : {Outcome::kDone, Outcome::kFailed}) {
    JobRecord job = restored(state);
    EXPECT_EQ(job.checkpoint(), "item 7");
    job.run_ended({true, true, kNow.steady, {}}, {outcome, {}, "poison"}, kNow);
    EXPECT_EQ(job.checkpoint(), "");
  }
}

TEST(JobRecord, APersonsRunThatWasDoneStandsForTheAutomaticOne) {
  JobState state = due(kNow.wall);
  state.failures = 3;
  JobRecord job = restored(state);
  const Moment began = later(10min);
  job.run_began({false, true, began.steady, {}}, began);
  job.run_ended({false, true, began.steady, {}}, {}, later(12min));
  EXPECT_EQ(job.ready_at(), began.steady + 1h);
  EXPECT_EQ(job.failures(), 0U);
}

TEST(JobRecord, NeitherBackOffNorItsEndShortensTheMinimumGap) {
  JobRecord job = every_hour(20min);
  job.run_began({true, true, kNow.steady, {}}, kNow);
  job.run_ended({true, true, kNow.steady, {}}, {Outcome::kFailed, "no", {}}, kNow);
  EXPECT_EQ(job.not_before(), kNow.steady + 20min) << "longer than the back-off of a minute";
  job.run_began({false, true, kNow.steady, {}}, kNow);
  job.run_ended({false, true, kNow.steady, {}}, {}, later(1min));
  EXPECT_EQ(job.not_before(), kNow.steady + 20min);
}

TEST(JobRecord, APersonsRunThatWasNotDoneOrHadParametersChangesNothing) {
  JobRecord job = restored(due(kNow.wall + 20min));
  job.run_began({false, true, kNow.steady, {}}, kNow);
  job.run_ended({false, true, kNow.steady, CancelReason::kUser}, {Outcome::kCancelled, {}, {}},
                kNow);
  job.run_began({false, true, kNow.steady, {}}, kNow);
  job.run_ended({false, true, kNow.steady, {}}, {Outcome::kFailed, {}, {}}, kNow);
  job.run_began({false, false, kNow.steady, {}}, kNow);
  job.run_ended({false, false, kNow.steady, {}}, {Outcome::kPartial, {}, "theirs"}, kNow);
  EXPECT_EQ(job.ready_at(), kNow.steady + 20min);
  EXPECT_EQ(job.failures(), 0U);
  EXPECT_EQ(job.checkpoint(), "");
}

TEST(JobRecord, SurvivesARoundTripThroughItsState) {
  JobRecord job = every_hour();
  job.begin_afresh(kNow);
  job.run_began({true, true, kNow.steady, {}}, kNow);
  job.run_ended({true, true, kNow.steady, {}}, {Outcome::kPartial, "some", "item 3"}, later(5min));
  const JobState state = job.state(later(5min));
  EXPECT_EQ(state.name, "scan");
  EXPECT_EQ(state.next_due, kNow.wall + 1h);
  EXPECT_EQ(state.last_started, kNow.wall);
  EXPECT_EQ(state.last_outcome, Outcome::kPartial);
  EXPECT_EQ(state.last_message, "some");
  JobRecord again = every_hour();
  again.restore(state, later(15min));
  EXPECT_EQ(again.ready_at(), job.ready_at());
  EXPECT_EQ(again.checkpoint(), "item 3");
}

TEST(JobRecord, APressureJobCarriesItsBackOffThroughARestart) {
  JobSpec spec;
  spec.name = "relief";
  spec.trigger = Trigger::kPressure;
  JobRecord job(spec, 1);
  job.begin_afresh(kNow);
  EXPECT_EQ(job.ready_at(), std::nullopt);
  job.run_ended({true, true, kNow.steady, {}}, {Outcome::kFailed, "no", {}}, kNow);
  JobRecord again(spec, 1);
  again.restore(job.state(kNow), kNow);
  EXPECT_GT(again.not_before(), kNow.steady + 53s);
  EXPECT_EQ(again.ready_at(), std::nullopt);
}

TEST(JobRecord, AnIntervalOfZeroTakesItOffTheClockAndAnotherPutsItBack) {
  JobRecord job = every_hour();
  job.run_began({true, true, kNow.steady, {}}, kNow);
  job.run_ended({true, true, kNow.steady, {}}, {}, kNow);
  job.set_interval(0s);
  EXPECT_EQ(job.ready_at(), std::nullopt);
  EXPECT_EQ(job.state(kNow).next_due, std::nullopt);
  job.set_interval(3h);
  EXPECT_EQ(job.ready_at(), kNow.steady + 3h);
  job.set_interval(Duration::max());
  EXPECT_EQ(job.ready_at(), SteadyTime::max());
}

}  // namespace
}  // namespace lull::scheduler::detail
