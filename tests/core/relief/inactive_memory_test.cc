// SPDX-License-Identifier: MIT
// What a run may claim, and in which words it says why it did nothing.
#include "core/relief/inactive_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/relief/policy_world.h"

namespace lull::relief {
namespace {

using base::kGiB;
using base::kMiB;
using testing::HasSubstr;

class InactiveMemory : public testing::Test {
 protected:
  InactiveMemory() { world_.sample.memory.free_bytes = 100 * kMiB; }
  void note() { ledger_.note(world_.sample); }
  void ask(std::size_t at = 0, std::uint64_t bytes = kGiB) {
    const auto& reading = world_.scope(at).reading;
    ReliefAction action;
    action.unit = reading.unit;
    action.cgroup_id = reading.cgroup_id;
    action.bytes = bytes;
    ledger_.ask(action);
  }
  OperationVerdict verdict(ReliefReason reason = ReliefReason::kAtTarget) const {
    ReclaimEnd end;
    end.reason = reason;
    end.no_lever = no_lever_words(world_.sample, world_.state, world_.now, "");
    end.can_reclaim = world_.sample.levers.reclaim;
    return inactive_memory_verdict(ledger_, end);
  }
  std::string words() const {
    return no_lever_words(world_.sample, world_.state, world_.now, "no");
  }
  World world_;
  ReclaimLedger ledger_;
};

TEST_F(InactiveMemory, ClaimsWhatWentFromTheAppAndCameToTheMachine) {
  note(), ask();
  world_.freed(100 * kMiB);
  world_.sample.swapped_out_bytes += 60 * kMiB;
  note();
  EXPECT_EQ(verdict().outcome, ReliefOutcome::kFreed);
  EXPECT_EQ(verdict().bytes, 100 * kMiB);
  EXPECT_THAT(verdict().reason, HasSubstr("60.0 MiB to swap"));
}

TEST_F(InactiveMemory, ClaimsNoMoreThanCameToTheMachine) {
  note(), ask();
  world_.reclaimed(100 * kMiB);
  world_.sample.memory.available_bytes += 30 * kMiB;
  note();
  EXPECT_EQ(verdict().bytes, 30 * kMiB) << "zram took the rest";
}

TEST_F(InactiveMemory, ClaimsNoMoreThanWentFromTheApp) {
  note(), ask();
  world_.reclaimed(10 * kMiB);
  world_.sample.memory.available_bytes += kGiB;  // somebody quit
  note();
  EXPECT_EQ(verdict().bytes, 10 * kMiB);
}

TEST_F(InactiveMemory, FilePagesCountByWhatIsFree) {
  note(), ask();
  world_.reclaimed(50 * kMiB);
  world_.sample.memory.free_bytes += 50 * kMiB;
  note();
  EXPECT_EQ(verdict().bytes, 50 * kMiB);
}

// 400 MiB of a film that an idle player was charged for are dropped beside it.
TEST_F(InactiveMemory, WhatWentWithoutReclaimIsNotClaimed) {
  note(), ask(0, 16 * kMiB);
  world_.reclaimed(16 * kMiB);
  world_.scope().reading.current_bytes -= 400 * kMiB;
  world_.sample.memory.free_bytes += 416 * kMiB;
  note();
  EXPECT_EQ(verdict().bytes, 16 * kMiB);
  EXPECT_THAT(verdict().reason, HasSubstr("16.0 MiB went from 1 app"));
}

TEST_F(InactiveMemory, WhatTheKernelTookByItselfIsNotClaimed) {
  note(), ask(0, 16 * kMiB);
  world_.freed(40 * kMiB);
  note(), ask(0, 4 * kMiB);
  world_.freed(4 * kMiB);
  note();
  EXPECT_EQ(verdict().bytes, 20 * kMiB) << "as much as was asked";
}

TEST_F(InactiveMemory, AnOvershootingKernelIsBelievedUpToWhatItMayTake) {
  world_.sample.levers.reclaim_overshoots = true;
  note(), ask(0, 16 * kMiB);
  world_.freed(40 * kMiB);
  note();
  EXPECT_EQ(verdict().bytes, 40 * kMiB);
  world_.freed(40 * kMiB);
  note();
  EXPECT_EQ(verdict().bytes, 48 * kMiB);
}

TEST_F(InactiveMemory, WhatTheStepsBeforeGaveIsNotTheApps) {
  note();
  world_.sample.memory.free_bytes += 400 * kMiB;  // finished files gave their cache back
  note(), ask();
  world_.reclaimed(100 * kMiB);  // to swap that is memory, and does not give way
  note();
  EXPECT_EQ(verdict().outcome, ReliefOutcome::kUnproven);
}

TEST_F(InactiveMemory, WhatAppsWantBackIsNotStillFree) {
  note(), ask();
  world_.freed(100 * kMiB);
  world_.scope().reading.current_bytes -= 400 * kMiB;
  note();
  const ReclaimLedger then = ledger_;
  EXPECT_EQ(ledger_.still_given(then, 90 * kMiB), 90 * kMiB) << "no more than was claimed";
  world_.scope().reading.current_bytes += 30 * kMiB;
  note();
  EXPECT_EQ(ledger_.still_given(then, 90 * kMiB), 70 * kMiB);
  world_.scope().reading.current_bytes += 300 * kMiB;
  note();
  EXPECT_EQ(ledger_.still_given(then, 90 * kMiB), 0u);
}

TEST_F(InactiveMemory, IsUnprovenIfOthersTookIt) {
  note(), ask();
  world_.reclaimed(50 * kMiB);
  world_.sample.memory.available_bytes -= 10 * kMiB;
  note();
  EXPECT_EQ(verdict().outcome, ReliefOutcome::kUnproven);
  EXPECT_EQ(verdict().bytes, 0u);
}

TEST_F(InactiveMemory, HasNoEffectIfTheAppKeptIt) {
  note(), ask();
  world_.sample.memory.available_bytes += kGiB;
  note();
  EXPECT_EQ(verdict().outcome, ReliefOutcome::kNoEffect);
}

TEST_F(InactiveMemory, SeveralRoundsOfOneAppCountOnce) {
  note(), ask();
  world_.freed(50 * kMiB);
  note(), ask();
  world_.freed(50 * kMiB);
  note();
  EXPECT_EQ(ledger_.taken().size(), 1u);
  EXPECT_EQ(verdict().bytes, 100 * kMiB);
}

TEST_F(InactiveMemory, AnAppThatEndsIsNotClaimed) {
  note(), ask();
  world_.sample.scopes.clear();
  world_.sample.memory.available_bytes += kGiB;
  note();
  EXPECT_EQ(verdict().outcome, ReliefOutcome::kNoEffect);
}

TEST_F(InactiveMemory, SaysWhyItDidNothing) {
  world_.available(50);
  note();
  EXPECT_EQ(verdict(ReliefReason::kAtTarget).outcome, ReliefOutcome::kNoEffect);
  EXPECT_THAT(verdict(ReliefReason::kAtTarget).reason, HasSubstr("4.00 GiB are available"));
  EXPECT_EQ(verdict(ReliefReason::kCritical).outcome, ReliefOutcome::kSkipped);
  EXPECT_EQ(verdict(ReliefReason::kCancelled).outcome, ReliefOutcome::kSkipped);
  EXPECT_EQ(verdict(ReliefReason::kStalled).reason, "others wait for memory or the disk");
  EXPECT_EQ(verdict(ReliefReason::kNoLever).outcome, ReliefOutcome::kSkipped);
  world_.sample.levers.reclaim = false;
  EXPECT_EQ(verdict(ReliefReason::kNoLever).outcome, ReliefOutcome::kUnavailable);
}

TEST_F(InactiveMemory, CountsWhoIsLeftAloneAndWhy) {
  world_.add("kept.scope", 2, std::chrono::hours(1)).kept = true;
  world_.add("busy.scope", 3, std::chrono::minutes(9));
  world_.add("small.scope", 4, std::chrono::hours(1)).reading.current_bytes = kMiB;
  world_.add("taken.scope", 5, std::chrono::hours(1));
  world_.add("denied.scope", 6, std::chrono::hours(1));
  world_.state.taken.push_back({5, world_.now, 0, 0});
  world_.state.taken.push_back({6, world_.now, 0, 0, std::nullopt, true});
  world_.sample.swap = SwapKind::kNone;
  EXPECT_EQ(words(),
            "of 6 apps: 1 with nothing left to take, 1 left alone (in front, a terminal, "
            "an idle inhibitor, excluded), 1 not idle for ten minutes, 1 too small to matter, 1 "
            "taken from lately, "
            "1 not ours to ask; there is no swap with room");
}

TEST_F(InactiveMemory, SaysWhatThisMachineHasNot) {
  world_.sample.levers.reclaim = false;
  EXPECT_EQ(words(), "no");
  world_.sample.levers.reclaim = true;
  world_.sample.scopes.clear();
  EXPECT_THAT(words(), HasSubstr("no app runs"));
}

}  // namespace
}  // namespace lull::relief
