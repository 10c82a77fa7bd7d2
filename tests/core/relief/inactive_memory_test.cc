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
  void ask(std::size_t at = 0) {
    const auto& reading = world_.scope(at).reading;
    ReliefAction action;
    action.unit = reading.unit;
    action.cgroup_id = reading.cgroup_id;
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
  world_.scope().reading.current_bytes -= 100 * kMiB;
  world_.sample.memory.available_bytes += 30 * kMiB;
  note();
  EXPECT_EQ(verdict().bytes, 30 * kMiB) << "zram took the rest";
}

TEST_F(InactiveMemory, ClaimsNoMoreThanWentFromTheApp) {
  note(), ask();
  world_.scope().reading.current_bytes -= 10 * kMiB;
  world_.sample.memory.available_bytes += kGiB;  // somebody quit
  note();
  EXPECT_EQ(verdict().bytes, 10 * kMiB);
}

TEST_F(InactiveMemory, FilePagesCountByWhatIsFree) {
  note(), ask();
  world_.scope().reading.current_bytes -= 50 * kMiB;
  world_.sample.memory.free_bytes += 50 * kMiB;
  note();
  EXPECT_EQ(verdict().bytes, 50 * kMiB);
}

TEST_F(InactiveMemory, IsUnprovenIfOthersTookIt) {
  note(), ask();
  world_.scope().reading.current_bytes -= 50 * kMiB;
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
            "excluded), 1 not idle for ten minutes, 1 too small to matter, 1 taken from lately, "
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
