// SPDX-License-Identifier: MIT
// Runs from their beginning to their end: what is waited for, what ends them, what is learnt.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/core/relief/policy_world.h"

namespace lull::relief {
namespace {

using base::kGiB;
using base::kMiB;
using model::PressureLevel;
using platform::ReclaimOutcome;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Step = ReliefStep;
using Reason = ReliefReason;

class PolicyRun : public testing::Test {
 protected:
  void expect(Step step, Reason reason) {
    last_ = world_.step();
    EXPECT_EQ(relief_step_name(last_.step), relief_step_name(step));
    EXPECT_EQ(relief_reason_name(last_.reason), relief_reason_name(reason));
  }
  // One round that gives all it was asked for.
  void good_round() {
    world_.freed(last_.bytes);
    world_.done();
  }
  void stall(base::Duration by) {
    world_.sample.stall->some_total_us += static_cast<std::uint64_t>(by.count() / 1000);
  }
  World world_;
  ReliefAction last_;
};

class SwapRun : public PolicyRun {
 protected:
  SwapRun() {
    world_.past_file();
    expect(Step::kReclaimAnonymous, Reason::kRaised);
  }
};

TEST_F(PolicyRun, GoesUpTheLadderOneStepAtATime) {
  world_.sample.levers.stream_bytes = 100 * kMiB;
  world_.sample.levers.stale_bytes = 50 * kMiB;
  world_.sample.levers.may_move_stale = true;
  expect(Step::kShed, Reason::kRaised);
  world_.done();
  expect(Step::kDropStreams, Reason::kRaised);
  EXPECT_EQ(last_.bytes, 100 * kMiB);
  world_.done();
  expect(Step::kMoveStale, Reason::kRaised);
  world_.done();
  expect(Step::kReclaimFile, Reason::kRaised);
  EXPECT_EQ(last_.swappiness, 0u);
  EXPECT_EQ(last_.unit, "app-old-1.scope");
  EXPECT_EQ(last_.cgroup_id, 1u);
  world_.done(ReclaimOutcome::kShort);  // no file pages left
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_EQ(last_.swappiness, std::nullopt);
  EXPECT_EQ(last_.write_bytes, 16 * kMiB);
}

TEST_F(SwapRun, ActsOnlyAfterTheLastStepHadItsEffect) {
  world_.pass(seconds(1));
  expect(Step::kWait, Reason::kAwaitingResult);
  world_.sample.result = ReliefResult{world_.now, ReclaimOutcome::kReclaimed};
  expect(Step::kWait, Reason::kSettling);
  EXPECT_EQ(last_.look_again, world_.now + kSettle);
  world_.freed(100 * kMiB);
  world_.pass(kSettle - nanoseconds(1));
  expect(Step::kWait, Reason::kSettling);
  world_.pass(nanoseconds(1));
  expect(Step::kReclaimAnonymous, Reason::kRaised);
}

TEST_F(SwapRun, AnOldSampleOrOneOfTheFutureDecidesNothing) {
  good_round();
  world_.sample.taken_at = world_.now - kSampleFresh - nanoseconds(1);
  EXPECT_EQ(relief::step(world_.state, world_.sample, world_.now).reason, Reason::kNotFresh);
  world_.sample.taken_at = world_.now + nanoseconds(1);
  EXPECT_EQ(relief::step(world_.state, world_.sample, world_.now).reason, Reason::kNotFresh);
  world_.sample.taken_at = world_.now - kSampleFresh;
  EXPECT_EQ(relief::step(world_.state, world_.sample, world_.now).reason, Reason::kSettling);
}

TEST_F(SwapRun, EndsWhenCalm) {
  world_.level(PressureLevel::kNormal);
  good_round();
  expect(Step::kEnd, Reason::kCalm);
  EXPECT_EQ(world_.state.cool_until, world_.now + kFirstCoolDown);
}

TEST_F(SwapRun, EndsAtTheTarget) {
  good_round();
  world_.available(10);
  expect(Step::kEnd, Reason::kAtTarget);
}

TEST_F(SwapRun, EndsWhenARoundGivesUnderATenth) {
  world_.freed(last_.bytes / 10);
  world_.done();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  world_.freed(last_.bytes / 10 - 1);
  world_.done();
  expect(Step::kEnd, Reason::kLittle);
}

TEST_F(SwapRun, EndsAfterTenRounds) {
  world_.scope().reading.current_bytes = 6 * kGiB;
  world_.settings.target_available_percent = 90;
  for (int round = 1; round < kMostRounds; ++round) {
    good_round();
    expect(Step::kReclaimAnonymous, Reason::kRaised);
  }
  good_round();
  expect(Step::kEnd, Reason::kRounds);
}

TEST_F(SwapRun, EndsWhenCancelledEvenOnAnOldSample) {
  world_.sample.cancelled = true;
  world_.sample.taken_at = world_.now - hours(1);
  EXPECT_EQ(relief::step(world_.state, world_.sample, world_.now).reason, Reason::kCancelled);
  EXPECT_FALSE(world_.state.run);
}

TEST_F(PolicyRun, AStepThatTookFromNoAppLeavesNoneToWatch) {
  expect(Step::kShed, Reason::kRaised);
  world_.sample.cancelled = true;
  expect(Step::kEnd, Reason::kCancelled);
  EXPECT_TRUE(world_.state.taken.empty());
  EXPECT_EQ(world_.state.swapped_this_hour, 0u);
}

TEST_F(SwapRun, EndsAtCriticalBeforeAnythingElse) {
  world_.level(PressureLevel::kCritical);
  good_round();
  expect(Step::kEnd, Reason::kCritical);
  world_.state.asked_at = world_.now;
  world_.state.shed_at = world_.now;
  expect(Step::kNone, Reason::kCritical);
}

TEST_F(SwapRun, EndsAtItsDeadlineThoughNoResultEverCame) {
  world_.pass(kRunDeadline - nanoseconds(1));
  expect(Step::kWait, Reason::kAwaitingResult);
  world_.pass(nanoseconds(1));
  expect(Step::kEnd, Reason::kDeadline);
  EXPECT_EQ(world_.state.taken.size(), 1u) << "it may have been taken from";
}

TEST_F(SwapRun, EndsWhenTheAppWantsItBackAndLeavesItAloneForADay) {
  world_.scope().reading.refaults_anonymous += kReturnedPages;
  good_round();
  expect(Step::kEnd, Reason::kHurt);
  EXPECT_EQ(world_.state.cool_down, 2 * kFirstCoolDown);
  world_.pass(kAloneFor - seconds(1));
  world_.past_question();
  expect(Step::kEnd, Reason::kNoLever);
  world_.pass(hours(1));
  world_.past_shed();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
}

TEST_F(SwapRun, AFewRefaultsAreNoReturn) {
  world_.scope().reading.refaults_anonymous += kReturnedPages - 1;
  good_round();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  // A little each time is much in the end.
  world_.scope().reading.refaults_anonymous += 1;
  good_round();
  expect(Step::kEnd, Reason::kHurt);
}

TEST_F(PolicyRun, OnePageSwappedInIsAReturnWhereTheKernelCountsThem) {
  world_.past_file();
  world_.scope().reading.pages_swapped_in = 40;
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  world_.scope().reading.pages_swapped_in = 41;
  good_round();
  expect(Step::kEnd, Reason::kHurt);
}

TEST_F(SwapRun, PagesThatComeBackLaterAreLearntFromToo) {
  world_.level(PressureLevel::kNormal);
  good_round();
  expect(Step::kEnd, Reason::kCalm);
  world_.pass(kReturnWatch - kSettle);
  world_.scope().reading.refaults_anonymous += kReturnedPages;
  expect(Step::kNone, Reason::kCalm);
  ASSERT_EQ(world_.state.taken.size(), 1u);
  EXPECT_EQ(world_.state.taken[0].alone_until, world_.now + kAloneFor);
}

TEST_F(SwapRun, PagesThatComeBackMuchLaterAreOrdinaryUse) {
  world_.level(PressureLevel::kNormal);
  good_round();
  expect(Step::kEnd, Reason::kCalm);
  world_.pass(kReturnWatch);
  world_.scope().reading.refaults_anonymous += 100 * kReturnedPages;
  expect(Step::kNone, Reason::kCalm);
  EXPECT_EQ(world_.state.taken.at(0).alone_until, std::nullopt);
  world_.pass(kReclaimGap);
  expect(Step::kNone, Reason::kCalm);
  EXPECT_TRUE(world_.state.taken.empty()) << "long past";
}

TEST_F(SwapRun, AStallOfOthersIsAPauseAndThreeArePatience) {
  for (int pause = 1; pause <= kMostPauses; ++pause) {
    stall(milliseconds(201));  // of 2 s
    good_round();
    expect(Step::kWait, Reason::kStalled);
    EXPECT_EQ(last_.look_again, world_.now + kPause);
    world_.pass(kPause - nanoseconds(1));
    expect(Step::kWait, Reason::kStalled);
    world_.pass(nanoseconds(1));
    expect(Step::kReclaimAnonymous, Reason::kRaised);
  }
  stall(milliseconds(201));
  good_round();
  expect(Step::kEnd, Reason::kStalled);
}

TEST_F(SwapRun, ATenthOfTheTimeStalledIsNoPause) {
  stall(milliseconds(200));
  good_round();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
}

TEST_F(SwapRun, ABusyDiskIsAPauseToo) {
  world_.sample.io_stall->some_total_us += 201'000;
  good_round();
  expect(Step::kWait, Reason::kStalled);
}

TEST_F(SwapRun, WithoutPsiItGoesOnByWhatElseIsKnown) {
  world_.sample.stall.reset();
  world_.sample.io_stall.reset();
  good_round();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
}

TEST_F(PolicyRun, TakesFromTheColdestFirstAndThenFromTheNext) {
  world_.add("app-older-2.scope", 2, hours(2));
  world_.add("app-young-3.scope", 3, minutes(11));
  world_.past_file();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_EQ(last_.unit, "app-older-2.scope");
  world_.done(ReclaimOutcome::kShort);
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_EQ(last_.unit, "app-old-1.scope");
  // It ended meanwhile: no harm, no settling.
  world_.sample.scopes.erase(world_.sample.scopes.begin());
  world_.done(ReclaimOutcome::kGone, seconds(0));
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_EQ(last_.unit, "app-young-3.scope");
  world_.done(ReclaimOutcome::kShort);
  expect(Step::kEnd, Reason::kNoLever);
}

TEST_F(PolicyRun, AnAppThatAwakesInTheMiddleIsLeft) {
  world_.add("app-next-2.scope", 2, minutes(30));
  world_.past_file();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_EQ(last_.unit, "app-old-1.scope");
  world_.scope().idle_for = {};
  good_round();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_EQ(last_.unit, "app-next-2.scope");
}

TEST_F(PolicyRun, LearnsThatTheKernelKnowsNoSwappinessOnce) {
  world_.past_shed();
  expect(Step::kReclaimFile, Reason::kRaised);
  world_.done(ReclaimOutcome::kNotAccepted, seconds(0));
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_FALSE(world_.state.takes_swappiness);
}

TEST_F(PolicyRun, AnAppThatDeniesIsNeverAskedAgain) {
  for (const auto outcome : {ReclaimOutcome::kDenied, ReclaimOutcome::kNoLever}) {
    world_ = World();
    world_.past_file();
    expect(Step::kReclaimAnonymous, Reason::kRaised);
    world_.done(outcome, seconds(0));
    expect(Step::kEnd, Reason::kNoLever);
    world_.pass(hours(100));
    world_.past_question();
    expect(Step::kEnd, Reason::kNoLever);
  }
}

TEST_F(PolicyRun, KernelsThatOvershootGetSmallerWrites) {
  world_.past_file();
  world_.sample.levers.reclaim_overshoots = true;
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_EQ(last_.write_bytes, 4 * kMiB);
}

TEST_F(SwapRun, ChargesWhatTheMachineSwappedAndNotOnlyWhatWasAsked) {
  const auto asked = last_.bytes;
  world_.sample.swapped_out_bytes += 3 * asked;
  good_round();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_EQ(world_.state.swapped_this_hour, 3 * asked);
  good_round();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  EXPECT_EQ(world_.state.swapped_this_hour, 4 * asked);
}

TEST_F(PolicyRun, TheCoolDownGrowsToAnHourAndIsShortAfterSuccess) {
  world_.sample.levers.reclaim = false;
  for (const auto expected :
       {minutes(2), minutes(4), minutes(8), minutes(16), minutes(32), minutes(60), minutes(60)}) {
    world_.past_question();
    expect(Step::kEnd, Reason::kNoLever);
    EXPECT_EQ(world_.state.cool_until, world_.now + expected);
    expect(Step::kNone, Reason::kCoolingDown);
    EXPECT_EQ(last_.look_again, world_.now + kShedGap);
    world_.pass(expected);
  }
  world_.sample.levers.reclaim = true;
  world_.past_file();
  expect(Step::kReclaimAnonymous, Reason::kRaised);
  world_.available(12);
  world_.done();
  expect(Step::kEnd, Reason::kAtTarget);
  EXPECT_EQ(world_.state.cool_until, world_.now + kFirstCoolDown);
}

TEST_F(PolicyRun, AskingInVainDoesNotMakeTheMachineWait) {
  world_.sample.levers.reclaim = false;
  world_.past_question();
  world_.sample.requested = true;
  expect(Step::kEnd, Reason::kNoLever);
  EXPECT_EQ(world_.state.cool_until, std::nullopt);
  EXPECT_EQ(world_.state.cool_down, kFirstCoolDown);
}

TEST_F(PolicyRun, SomebodyWhoAsksWaitsHalfAMinuteAtMost) {
  world_.past_file();
  world_.level(PressureLevel::kNormal);
  world_.sample.requested = true;
  expect(Step::kReclaimAnonymous, Reason::kRequested);
  world_.pass(kRequestDeadline - nanoseconds(1));
  expect(Step::kWait, Reason::kAwaitingResult);
  world_.pass(nanoseconds(1));
  expect(Step::kEnd, Reason::kDeadline);
}

TEST_F(PolicyRun, WhileCoolingDownItShedsEachMinute) {
  world_.state.cool_until = world_.now + hours(1);
  expect(Step::kShed, Reason::kRaised);
  world_.pass(kShedGap - nanoseconds(1));
  expect(Step::kNone, Reason::kCoolingDown);
  EXPECT_EQ(last_.look_again, world_.now + nanoseconds(1));
  world_.pass(nanoseconds(1));
  expect(Step::kShed, Reason::kRaised);
}

TEST_F(PolicyRun, AskingForHarmDoes) {
  world_.past_file();
  world_.level(PressureLevel::kNormal);
  world_.sample.requested = true;
  expect(Step::kReclaimAnonymous, Reason::kRequested);
  world_.scope().reading.refaults_anonymous += kReturnedPages;
  good_round();
  expect(Step::kEnd, Reason::kHurt);
  EXPECT_EQ(world_.state.cool_until, world_.now + 2 * kFirstCoolDown);
}

class QuietRun : public PolicyRun {
 protected:
  QuietRun() {
    world_.alone();
    world_.past_file();
    expect(Step::kReclaimAnonymous, Reason::kAnticipation);
    EXPECT_EQ(last_.bytes, kBackgroundRound);
  }
};

TEST_F(QuietRun, IsSlow) {
  world_.freed(last_.bytes);
  world_.done(ReclaimOutcome::kReclaimed, kBackgroundSettle - nanoseconds(1));
  expect(Step::kWait, Reason::kSettling);
  world_.pass(nanoseconds(1));
  expect(Step::kReclaimAnonymous, Reason::kAnticipation);
}

TEST_F(QuietRun, GoesOnForAsManyRoundsAsTheHourAllows) {
  world_.settings.target_available_percent = 40;
  for (int round = 0; round < 3 * kMostRounds; ++round) {
    world_.freed(last_.bytes);
    world_.done(ReclaimOutcome::kReclaimed, kBackgroundSettle);
    expect(Step::kReclaimAnonymous, Reason::kAnticipation);
  }
}

TEST_F(QuietRun, GoesByWhatTheAppGaveSinceTheMachineMovesByMoreThanARound) {
  world_.freed(last_.bytes);
  world_.sample.memory.available_bytes -= 2 * last_.bytes;  // others took as much, and more
  world_.done(ReclaimOutcome::kReclaimed, kBackgroundSettle);
  expect(Step::kReclaimAnonymous, Reason::kAnticipation);
  world_.sample.memory.available_bytes += last_.bytes;  // others gave, and the app nothing
  world_.done(ReclaimOutcome::kReclaimed, kBackgroundSettle);
  expect(Step::kEnd, Reason::kLittle);
}

TEST_F(QuietRun, WaitsForTheDiskAMebibyteASecondWhoeverSwapped) {
  world_.sample.swapped_out_bytes += 18 * kMiB;  // three times what was asked
  world_.freed(last_.bytes);
  world_.done(ReclaimOutcome::kReclaimed, seconds(18) - nanoseconds(1));
  expect(Step::kWait, Reason::kSettling);
  world_.pass(nanoseconds(1));
  expect(Step::kReclaimAnonymous, Reason::kAnticipation);
}

TEST_F(QuietRun, EndsWhenSomebodyIsBack) {
  world_.sample.machine_idle = false;
  expect(Step::kEnd, Reason::kUserBack);
}

TEST_F(QuietRun, EndsOnBattery) {
  world_.sample.on_mains = false;
  expect(Step::kEnd, Reason::kUserBack);
}

TEST_F(QuietRun, PausesAtTheSlightestStall) {
  world_.sample.stall->some_avg10 = 0.11;
  world_.freed(last_.bytes);
  world_.done(ReclaimOutcome::kReclaimed, kBackgroundSettle);
  expect(Step::kWait, Reason::kStalled);
}

TEST_F(QuietRun, EndsAtTwiceTheTarget) {
  world_.available(20);
  world_.done(ReclaimOutcome::kReclaimed, kBackgroundSettle);
  expect(Step::kEnd, Reason::kAtTarget);
}

TEST_F(PolicyRun, ACalmDayHasNoAct) {
  world_.level(PressureLevel::kNormal);
  world_.available(40);
  world_.sample.machine_idle = true;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    expect(Step::kNone, Reason::kCalm);
    EXPECT_EQ(last_.look_again, std::nullopt);
    world_.pass(minutes(1));
  }
}

TEST_F(PolicyRun, AResultNobodyAskedForChangesNothing) {
  world_.level(PressureLevel::kNormal);
  world_.done(ReclaimOutcome::kDenied);
  expect(Step::kNone, Reason::kCalm);
  EXPECT_TRUE(world_.state.taken.empty());
}

TEST_F(PolicyRun, TheQuestionNamesTheLargestApp) {
  world_.add("app-huge-2.scope", 2, seconds(0)).reading.current_bytes = 3 * kGiB;
  world_.level(PressureLevel::kCritical);
  world_.past_shed();
  expect(Step::kAsk, Reason::kCritical);
  EXPECT_EQ(last_.unit, "app-huge-2.scope");
  EXPECT_EQ(last_.bytes, 3 * kGiB);
}

TEST(ReliefNames, AreWordsOfTheirOwn) {
  std::vector<std::string_view> names;
  for (int step = 0; step <= static_cast<int>(Step::kEnd); ++step)
    names.push_back(relief_step_name(static_cast<Step>(step)));
  for (int reason = 0; reason <= static_cast<int>(Reason::kNoLever); ++reason)
    names.push_back(relief_reason_name(static_cast<Reason>(reason)));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_EQ(relief_reason_name(Reason::kNoLever), "no-lever");
  EXPECT_EQ(relief_step_name(Step::kEnd), "end");
}

}  // namespace
}  // namespace lull::relief
