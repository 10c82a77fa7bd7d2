// SPDX-License-Identifier: MIT
// What the policy decides, carried out: who is asked for what, when it ends, and what is said of
// it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/relief/app_unit.h"
#include "tests/support/relief_world.h"
#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

using base::kGiB;
using base::kMiB;
using model::PressureLevel;
using platform::ReclaimOutcome;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using support::ReliefWorld;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ReliefPolicy : public ::testing::Test {
 protected:
  // The fill of what was asked for so far.
  std::uint64_t asked() const {
    std::uint64_t sum = 0;
    for (const std::string& request : w_.apps.requests)
      sum += std::stoull(request.substr(request.find(' ') + 1));
    return sum;
  }
  const model::HistoryEntry& last(ReliefWorld::Running& r) const {
    static const model::HistoryEntry none;
    EXPECT_TRUE(r.journal->last_run());
    return r.journal->last_run() ? *r.journal->last_run() : none;
  }
  // Somebody asks for the operation.
  relief::OperationVerdict request(ReliefWorld::Running& r, bool dry = false) {
    return r.relief.inactive_memory(dry, {}, {"optimize", started_});
  }
  ReliefWorld w_;
  const base::WallTime started_{std::chrono::hours(1)};  // of the run of whoever asks
};

TEST_F(ReliefPolicy, UnderPressureOurOwnHouseComesFirstAndThenTheColdestApp) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_EQ(w_.acts.substr(0, 10), "stop shed ");
    EXPECT_THAT(w_.apps.requests, Not(IsEmpty()));
    EXPECT_THAT(w_.apps.requests, Each(StartsWith("app-old-1.scope ")));
    EXPECT_EQ(last(r).outcome, "freed");
    EXPECT_EQ(last(r).origin, "automatic");
    EXPECT_GE(last(r).bytes, asked());
    EXPECT_LT(last(r).bytes, asked() + 16 * kMiB) << "and our own heap, which is real";
    EXPECT_THAT(last(r).summary, HasSubstr("idle apps: "));
  });
}

TEST_F(ReliefPolicy, AMinuteLaterItSaysWhatIsStillFree) {
  w_.run([&](auto& r) {
    w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 10 - 20 * kMiB;
    w_.get_to_know(r);
    w_.stall(r);
    w_.world.sleep(seconds(15));
    EXPECT_EQ(last(r).predicted_bytes, 20 * kMiB);
    EXPECT_EQ(last(r).idle_apps_bytes, 20 * kMiB) << "beside our own heap";
    EXPECT_EQ(last(r).still_free_bytes, std::nullopt) << "not known yet";
    w_.apps.scopes[0].current_bytes += 5 * kMiB;  // some of it came back
    w_.level = PressureLevel::kNormal;
    w_.world.sleep(minutes(2));
    EXPECT_EQ(r.journal->history(0)->size(), 1u);
    EXPECT_EQ(r.journal->history(0)->front().still_free_bytes, 15 * kMiB);
    EXPECT_EQ(last(r).still_free_bytes, 15 * kMiB) << "as the snapshot has it";
  });
}

TEST_F(ReliefPolicy, ItEndsAtTheTargetAndTakesNoMore) {
  w_.run([&](auto& r) {
    w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 10 - 20 * kMiB;
    w_.get_to_know(r);
    w_.stall(r);
    w_.world.sleep(minutes(3));
    EXPECT_EQ(asked(), 20 * kMiB);
    EXPECT_THAT(w_.apps.requests, SizeIs(2)) << "16 MiB a write";
  });
}

TEST_F(ReliefPolicy, ItEndsWhenTheMachineIsCalmAgain) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.apps.on_reclaim = [&](const auto& request) {
      w_.apps.take(request.cgroup_id, request.bytes);
      w_.level = PressureLevel::kNormal;
      return ReclaimOutcome::kReclaimed;
    };
    w_.stall(r);
    w_.world.sleep(minutes(3));
    EXPECT_LE(asked(), w_.settings.performance.max_memory_chunk / 4);
  });
}

TEST_F(ReliefPolicy, ItStopsWithinOneRoundWhenTheAppIsTouched) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.apps.on_reclaim = [&](const auto& request) {
      w_.apps.take(request.cgroup_id, request.bytes);
      w_.apps.scopes[0].refaults_anonymous += relief::kReturnedPages;
      return ReclaimOutcome::kReclaimed;
    };
    w_.stall(r);
    w_.world.sleep(minutes(1));
    const std::size_t round = w_.apps.requests.size();
    EXPECT_EQ(asked(), w_.settings.performance.max_memory_chunk / 4);
    EXPECT_THAT(last(r).summary, HasSubstr("wanted back"));
    w_.get_to_know(r);  // the stall goes on for a quarter of an hour
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.apps.requests, SizeIs(round)) << "left alone for a day";
  });
}

// The agent ends and begins anew, and the app is another instance with another control group.
TEST_F(ReliefPolicy, LeftAloneForADayOutlivesTheAgentAndTheApp) {
  const support::TempDir temp;
  w_.journal_path = temp / "journal.db";
  w_.apps.on_reclaim = [&](const auto& request) {
    w_.apps.take(request.cgroup_id, request.bytes);
    w_.apps.scopes[0].refaults_anonymous += relief::kReturnedPages;
    return ReclaimOutcome::kReclaimed;
  };
  const auto live = [&](base::Duration how_long_after, bool forgets = false) {
    w_.run([&](auto& r) {
      w_.level = PressureLevel::kNormal;
      w_.world.sleep(how_long_after);
      w_.get_to_know(r);
      w_.apps.requests.clear();
      w_.stall(r);
      w_.world.sleep(minutes(1));
      if (!forgets) return;
      r.relief.forget();
      EXPECT_TRUE(r.journal->forget());
    });
  };
  live({});
  EXPECT_THAT(w_.apps.requests, Not(IsEmpty()));
  w_.apps.scopes[0].unit = "app-old-77.scope";
  w_.apps.scopes[0].cgroup_id = 77;
  live(hours(1));
  EXPECT_THAT(w_.apps.requests, IsEmpty());
  live(hours(24));
  EXPECT_THAT(w_.apps.requests, Not(IsEmpty())) << "a day is over";
  live(hours(1), true);
  EXPECT_THAT(w_.apps.requests, IsEmpty());
  live(hours(1));
  EXPECT_THAT(w_.apps.requests, Not(IsEmpty())) << "it was forgotten";
}

TEST_F(ReliefPolicy, AtCriticalItOnlyShedsAndAsks) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.stall(r, PressureLevel::kCritical);
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.apps.requests, IsEmpty());
    EXPECT_EQ(w_.acts, "stop shed ask ");
    EXPECT_FALSE(w_.asked_about.empty());
    EXPECT_THAT(last(r).summary, HasSubstr("asked what to close"));
  });
}

TEST_F(ReliefPolicy, NothingIsDoneForTenMinutesOfCalm) {
  w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 2;
  w_.run([&](auto& r) {
    w_.pass(r, minutes(20));
    EXPECT_EQ(w_.acts, "");
    EXPECT_THAT(w_.apps.requests, IsEmpty());
    EXPECT_FALSE(r.journal->last_run());
  });
}

TEST_F(ReliefPolicy, NothingIsDoneByItselfWhereItIsTurnedOff) {
  w_.unmet = "relief-off";
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.stall(r);
    w_.pass(r, minutes(20));
    EXPECT_EQ(w_.acts, "");
    EXPECT_THAT(w_.apps.requests, IsEmpty());
  });
}

TEST_F(ReliefPolicy, WhatIsKeptIsNeverAsked) {
  w_.settings.relief.exclude = {"old"};
  w_.apps.add("app-org.gnome.Terminal-3.scope", 3);
  w_.apps.add("lull.service", 4);
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.stall(r);
    w_.pass(r, minutes(5));
    EXPECT_THAT(w_.apps.requests, IsEmpty());
  });
}

TEST_F(ReliefPolicy, WhatThePersonLeftIsNotAskedThoughItIsIdle) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.person_idle = minutes(20);
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.apps.requests, IsEmpty());
  });
}

TEST_F(ReliefPolicy, WhoWasSeenOnceIsNotKnownToBeIdle) {
  w_.run([&](auto& r) {
    w_.stall(r);
    w_.world.sleep(minutes(5));
    EXPECT_THAT(w_.apps.requests, IsEmpty());
  });
}

TEST_F(ReliefPolicy, AfterARunItCoolsDownAndAWorseLevelIsHeardAllTheSame) {
  w_.run([&](auto& r) {
    w_.stall(r);
    w_.world.sleep(seconds(5));
    EXPECT_EQ(w_.acts, "stop shed ");
    for (int i = 0; i < 5; ++i) {
      w_.stall(r);
      w_.world.sleep(seconds(5));
    }
    EXPECT_EQ(w_.acts, "stop shed ");
    w_.stall(r, PressureLevel::kCritical);
    w_.world.sleep(seconds(5));
    EXPECT_EQ(w_.acts, "stop shed ask ");
  });
}

TEST_F(ReliefPolicy, EachAnswerOfTheKernelEndsWell) {
  for (const auto outcome :
       {ReclaimOutcome::kShort, ReclaimOutcome::kNotAccepted, ReclaimOutcome::kDenied,
        ReclaimOutcome::kGone, ReclaimOutcome::kNoLever, ReclaimOutcome::kInterrupted,
        ReclaimOutcome::kRefused, ReclaimOutcome::kFailed}) {
    ReliefWorld world;
    SCOPED_TRACE(platform::reclaim_outcome_name(outcome));
    world.apps.on_reclaim = [&](const auto&) { return outcome; };
    world.run([&](auto& r) {
      world.get_to_know(r);
      world.stall(r);
      world.world.sleep(minutes(3));
      EXPECT_LE(world.apps.requests.size(), 10u) << "rounds";
      EXPECT_GE(world.apps.requests.size(), 1u);
      ASSERT_TRUE(r.journal->last_run());
      EXPECT_EQ(r.journal->last_run()->bytes, 0u);
    });
  }
}

TEST_F(ReliefPolicy, AnAppThatEndsInTheMiddleIsNoGain) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.apps.on_reclaim = [&](const auto&) {
      w_.apps.scopes.erase(w_.apps.scopes.begin());
      w_.machine.memory->available_bytes += kGiB;
      return ReclaimOutcome::kGone;
    };
    w_.stall(r);
    w_.world.sleep(minutes(3));
    EXPECT_THAT(w_.apps.requests, SizeIs(1));
    EXPECT_EQ(last(r).bytes, 0u);
  });
}

TEST_F(ReliefPolicy, FinishedFilesGoBeforeAnyApp) {
  w_.streams = [] {
    relief::Streams found;
    found.found.resize(3);
    found.bytes = 300 * kMiB;
    return found;
  };
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.stall(r);
    w_.world.sleep(seconds(4));
    EXPECT_EQ(w_.acts, "find stop shed drop ");
    EXPECT_THAT(w_.apps.requests, IsEmpty());
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.apps.requests, Not(IsEmpty()));
    EXPECT_THAT(last(r).summary, HasSubstr("finished files: "));
  });
}

TEST_F(ReliefPolicy, StaleFilesAreMovedWhereTheUserHasAgreed) {
  w_.stale.bytes = 300 * kMiB;
  w_.stale.found.resize(2);
  w_.stale.roots = {"/dev/shm"};
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.acts, HasSubstr("stop shed move "));
    EXPECT_THAT(last(r).summary, HasSubstr("stale files in memory: 2 files"));
    EXPECT_THAT(last(r).summary, HasSubstr("(300 MiB predicted)"));
  });
}

TEST_F(ReliefPolicy, TheAppWhoseWindowIsInFrontIsLeftAlone) {
  w_.front_way = "app-old-1.scope/child";
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    EXPECT_EQ(w_.fronts_asked, 0) << "no relief is due";
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.apps.requests, IsEmpty());
    EXPECT_GT(w_.fronts_asked, 0);
  });
}

TEST_F(ReliefPolicy, WhatMayBeOnASecondScreenIsLeftAloneToo) {
  w_.front_way = "app-front-2.scope";
  w_.person_idle = hours(1);
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_GT(w_.fronts_asked, 0);
    EXPECT_THAT(w_.apps.requests, IsEmpty()) << "it was busy since the last input";
  });
}

TEST_F(ReliefPolicy, AnAppWithATerminalIsLeftAloneWhateverItsName) {
  w_.apps.with_terminal = "app-old-1.scope";
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    EXPECT_EQ(w_.apps.terminals_asked, 0) << "no relief is due";
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.apps.requests, IsEmpty());
    EXPECT_EQ(w_.apps.terminals_asked, 1) << "once, and of candidates only";
  });
}

TEST_F(ReliefPolicy, WhoKeepsTheMachineAwakeIsLeftAlone) {
  w_.inhibitors = {"asking org.gnome.SessionManager", "Old (playing)"};
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.apps.requests, IsEmpty());
  });
}

TEST_F(ReliefPolicy, WithNoLeverTheLargestAppsAreNamed) {
  w_.run([&](auto& r) {
    const auto verdict = request(r);  // nobody knows yet who is idle
    EXPECT_EQ(verdict.outcome, relief::ReliefOutcome::kSkipped);
    EXPECT_THAT(verdict.reason, HasSubstr("the largest apps: "));
    ASSERT_TRUE(r.senses.largest_apps());
    EXPECT_THAT(*r.senses.largest_apps(), SizeIs(2));
    const auto why = r.jobs.explain("relief");
    ASSERT_TRUE(why);
    bool is_named = false;
    for (const auto& condition : why->conditions)
      is_named = is_named || (condition.code == "largest-apps" && condition.state.met &&
                              condition.state.value.find("old") != std::string::npos);
    EXPECT_TRUE(is_named);
  });
}

TEST_F(ReliefPolicy, RoomIsMadeWhileNobodyIsThereSlowly) {
  w_.unmet = "";
  w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 5 - 30 * kMiB;
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.pass(r, minutes(10));
    EXPECT_EQ(asked(), 30 * kMiB) << "to twice the target, no more";
    EXPECT_EQ(w_.acts, "") << "nothing stalls: our caches stay";
    EXPECT_EQ(last(r).origin, "automatic");
    EXPECT_EQ(last(r).outcome, "freed");
  });
}

TEST_F(ReliefPolicy, NoRoomIsMadeWhileSomebodyIsThereOrOnBattery) {
  for (const char* code : {"user-active", "on-battery", "cpu-busy", "pressure", "inhibited"}) {
    ReliefWorld world;
    world.unmet = code;
    world.machine.memory->available_bytes = world.machine.memory->total_bytes / 6;
    world.run([&](auto& r) {
      world.pass(r, minutes(40));
      EXPECT_THAT(world.apps.requests, IsEmpty()) << code;
    });
  }
}

TEST_F(ReliefPolicy, MakingRoomEndsWhenSomebodyComesBack) {
  w_.unmet = "";
  w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 6;
  w_.run([&](auto& r) {
    w_.apps.on_reclaim = [&](const auto& request) {
      w_.apps.take(request.cgroup_id, request.bytes);
      w_.unmet = "user-active";
      return ReclaimOutcome::kReclaimed;
    };
    w_.pass(r, minutes(40));
    EXPECT_THAT(w_.apps.requests, SizeIs(1));
  });
}

TEST_F(ReliefPolicy, OnRequestItSaysThatEnoughIsThere) {
  w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 2;
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    EXPECT_EQ(request(r).outcome, relief::ReliefOutcome::kNoEffect);
    EXPECT_THAT(w_.apps.requests, IsEmpty());
    EXPECT_FALSE(r.journal->last_run());
  });
}

TEST_F(ReliefPolicy, OnRequestItTakesToTheTargetWithinHalfAMinute) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    const auto before = w_.world.engine.now();
    const auto verdict = request(r);
    EXPECT_EQ(verdict.outcome, relief::ReliefOutcome::kFreed);
    EXPECT_EQ(verdict.bytes, asked());
    EXPECT_LE(w_.world.engine.now() - before, relief::kRequestDeadline + seconds(3));
    EXPECT_FALSE(r.journal->last_run()) << "whoever asked writes it down";
    model::HistoryEntry entry;
    entry.kind = "optimize";
    entry.started_at = started_;
    r.journal->add_run(entry);
    w_.world.sleep(seconds(61));
    EXPECT_EQ(last(r).still_free_bytes, verdict.bytes);
  });
}

// The job first waits for background work to end; the button is pressed meanwhile.
TEST_F(ReliefPolicy, TwoRunsNeverGoOnAtATime) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    auto ticket = r.jobs.request("relief");
    ASSERT_TRUE(ticket);
    w_.world.sleep(std::chrono::milliseconds(100));
    const auto verdict = request(r);
    EXPECT_EQ(verdict.outcome, relief::ReliefOutcome::kSkipped);
    EXPECT_EQ(verdict.reason, "relief is under way already");
    EXPECT_EQ(asked(), 0u);
    ticket->wait();
    EXPECT_GT(asked(), 0u);
    EXPECT_THAT(request(r).reason, Not(HasSubstr("under way"))) << "it has ended";
  });
}

TEST_F(ReliefPolicy, ARequestIsNotLostToAFirstSampleThatTookTooLong) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    int slow = 2;
    w_.apps.on_read = [&] {
      if (slow-- > 0) w_.world.time.suspend_for(relief::kSampleFresh + seconds(1));
    };
    EXPECT_EQ(request(r).outcome, relief::ReliefOutcome::kFreed);
    EXPECT_THAT(w_.apps.requests, Not(IsEmpty()));
  });
}

TEST_F(ReliefPolicy, ADryRequestTouchesNothingAndForgetsNothing) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    const auto verdict = request(r, true);
    EXPECT_EQ(verdict.outcome, relief::ReliefOutcome::kSkipped);
    EXPECT_THAT(verdict.reason, HasSubstr("app-old-1.scope"));
    EXPECT_THAT(w_.apps.requests, IsEmpty());
    EXPECT_EQ(request(r).outcome, relief::ReliefOutcome::kFreed);
  });
}

TEST_F(ReliefPolicy, WithoutALeverItSaysWhyAndDoesTheRest) {
  w_.facilities = [&] {
    auto made = w_.apps.facilities();
    made.scopes.reset();
    made.reclaim.reset();
    made.no_apps = "apps cannot be asked: no unified control groups";
    return made;
  };
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    EXPECT_EQ(request(r).outcome, relief::ReliefOutcome::kUnavailable);
    EXPECT_THAT(request(r).reason, HasSubstr("no unified control groups"));
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.acts, StartsWith("stop shed "));
  });
}

TEST_F(ReliefPolicy, MemoryThatCannotBeMeasuredIsLeftAlone) {
  w_.run([&](auto& r) {
    w_.get_to_know(r);
    w_.machine.memory = base::fail(base::ErrorCode::kIo, "no meminfo");
    w_.stall(r);
    w_.world.sleep(minutes(1));
    EXPECT_THAT(w_.apps.requests, IsEmpty());
    EXPECT_EQ(request(r).outcome, relief::ReliefOutcome::kUnavailable);
  });
}

TEST_F(ReliefPolicy, ARequestIsCancelledBetweenTwoWrites) {
  w_.run([&](auto& r) {
    w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 11;
    w_.settings.performance.max_memory_chunk = 256 * kMiB;
    w_.get_to_know(r);
    base::CancelSource source;
    w_.apps.on_reclaim = [&](const auto& request) {
      w_.apps.take(request.cgroup_id, request.bytes);
      source.cancel(base::CancelReason::kUser);
      return ReclaimOutcome::kReclaimed;
    };
    const auto verdict = r.relief.inactive_memory(false, source.token(), {"optimize", started_});
    EXPECT_THAT(w_.apps.requests, SizeIs(1));
    EXPECT_EQ(verdict.outcome, relief::ReliefOutcome::kFreed);
    EXPECT_THAT(verdict.reason, HasSubstr("stopped on request"));
  });
}

TEST_F(ReliefPolicy, TheConditionsSayHowThingsStand) {
  w_.run([&](auto& r) {
    auto why = r.jobs.explain("relief");
    ASSERT_TRUE(why);
    EXPECT_FALSE(why->would_run);
    w_.level = PressureLevel::kWarning;
    EXPECT_TRUE(r.jobs.explain("relief")->would_run);
    w_.level = PressureLevel::kNormal;
    w_.noticed_at = w_.world.engine.now();
    EXPECT_TRUE(r.jobs.explain("relief")->would_run) << "a slight stall with little available";
    w_.machine.memory->available_bytes = w_.machine.memory->total_bytes;
    w_.world.sleep(seconds(1));
    EXPECT_FALSE(r.jobs.explain("relief")->would_run) << "with plenty it is no matter of memory";
  });
}

}  // namespace
}  // namespace lull::agent
