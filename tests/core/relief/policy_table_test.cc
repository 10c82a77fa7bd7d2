// SPDX-License-Identifier: MIT
// One step on one sample, row by row: each threshold just below, at and above.
#include <gtest/gtest.h>

#include "core/relief/policy_amounts.h"
#include "tests/core/relief/policy_world.h"

namespace lull::relief {
namespace {

using base::kGiB;
using base::kKiB;
using base::kMiB;
using model::PressureLevel;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Step = ReliefStep;
using Reason = ReliefReason;

struct Row {
  const char* name;
  void (*arrange)(World&);
  Step step;
  Reason reason;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class PolicyTable : public testing::TestWithParam<Row> {};

TEST_P(PolicyTable, Decides) {
  World world;
  GetParam().arrange(world);
  const ReliefAction action = world.step();
  EXPECT_EQ(relief_step_name(action.step), relief_step_name(GetParam().step));
  EXPECT_EQ(relief_reason_name(action.reason), relief_reason_name(GetParam().reason));
}

const auto name_of = [](const auto& info) { return std::string(info.param.name); };

// When to begin.
const Row kBegin[] = {
    {"Calm", [](World& w) { w.level(PressureLevel::kNormal); }, Step::kNone, Reason::kCalm},
    {"UnknownLevel", [](World& w) { w.level(std::nullopt); }, Step::kNone, Reason::kCalm},
    {"Warning", [](World&) {}, Step::kShed, Reason::kRaised},
    {"NoticedOnly", [](World& w) { w.level(PressureLevel::kNormal), w.sample.noticed = true; },
     Step::kShed, Reason::kRaised},
    {"NoticedWithoutPsi", [](World& w) { w.level(std::nullopt), w.sample.noticed = true; },
     Step::kShed, Reason::kRaised},
    {"Requested", [](World& w) { w.level(PressureLevel::kNormal), w.sample.requested = true; },
     Step::kReclaimFile, Reason::kRequested},
    {"RequestedWhileCoolingDown",
     [](World& w) { w.sample.requested = true, w.state.cool_until = w.now + minutes(5); },
     Step::kReclaimFile, Reason::kRequested},
    {"RequestedTheCheapStepsAreOperationsOfTheirOwn",
     [](World& w) {
       w.level(PressureLevel::kNormal), w.sample.requested = true;
       w.sample.levers.stream_bytes = w.sample.levers.stale_bytes = kGiB;
       w.sample.levers.may_move_stale = true;
     },
     Step::kReclaimFile, Reason::kRequested},
    {"RequestedWithEnoughAvailable",
     [](World& w) { w.level(PressureLevel::kNormal), w.sample.requested = true, w.available(10); },
     Step::kNone, Reason::kAtTarget},
    {"RequestedWithJustTooLittle",
     [](World& w) { w.level(PressureLevel::kNormal), w.sample.requested = true, w.available(9.9); },
     Step::kReclaimFile, Reason::kRequested},
    {"RequestedAndCancelled",
     [](World& w) {
       w.level(PressureLevel::kNormal), w.sample.requested = w.sample.cancelled = true;
     },
     Step::kNone, Reason::kCancelled},
    {"RaisedAndCancelled", [](World& w) { w.sample.cancelled = true; }, Step::kNone,
     Reason::kCancelled},
    {"CoolingDownStillSheds", [](World& w) { w.state.cool_until = w.now + nanoseconds(1); },
     Step::kShed, Reason::kRaised},
    {"CoolingDownANoticeShedsNothing",
     [](World& w) {
       w.level(PressureLevel::kNormal), w.sample.noticed = true;
       w.state.cool_until = w.now + nanoseconds(1);
     },
     Step::kNone, Reason::kCoolingDown},
    {"CoolingDown", [](World& w) { w.past_shed(), w.state.cool_until = w.now + nanoseconds(1); },
     Step::kNone, Reason::kCoolingDown},
    {"CooledDown", [](World& w) { w.past_shed(), w.state.cool_until = w.now; }, Step::kReclaimFile,
     Reason::kRaised},
};
INSTANTIATE_TEST_SUITE_P(Begin, PolicyTable, testing::ValuesIn(kBegin), name_of);

// At critical only our own house and a question, whoever asks.
const Row kCritical[] = {
    {"OwnHouse", [](World& w) { w.level(PressureLevel::kCritical); }, Step::kShed,
     Reason::kCritical},
    {"ThenAQuestion", [](World& w) { w.level(PressureLevel::kCritical), w.past_shed(); },
     Step::kAsk, Reason::kCritical},
    {"OneQuestionInTenMinutes",
     [](World& w) {
       w.level(PressureLevel::kCritical), w.past_shed();
       w.state.asked_at = w.now - kAskGap + nanoseconds(1);
     },
     Step::kNone, Reason::kCritical},
    {"TheNextQuestion",
     [](World& w) {
       w.level(PressureLevel::kCritical), w.past_shed(), w.state.asked_at = w.now - kAskGap;
     },
     Step::kAsk, Reason::kCritical},
    {"ShedsAgainAfterAMinute",
     [](World& w) { w.level(PressureLevel::kCritical), w.state.shed_at = w.now - kShedGap; },
     Step::kShed, Reason::kCritical},
    {"NotShedAgainBefore",
     [](World& w) {
       w.level(PressureLevel::kCritical), w.state.asked_at = w.now;
       w.state.shed_at = w.now - kShedGap + nanoseconds(1);
     },
     Step::kNone, Reason::kCritical},
    {"EvenOnRequest",
     [](World& w) {
       w.level(PressureLevel::kCritical), w.past_shed();
       w.state.asked_at = w.now, w.sample.requested = true;
     },
     Step::kNone, Reason::kCritical},
    {"EvenIdle",
     [](World& w) {
       w.alone(), w.level(PressureLevel::kCritical), w.past_shed(), w.state.asked_at = w.now;
     },
     Step::kNone, Reason::kCritical},
};
INSTANTIATE_TEST_SUITE_P(Critical, PolicyTable, testing::ValuesIn(kCritical), name_of);

// The rungs, in order of cost.
const Row kLadder[] = {
    {"StreamsAfterShedding",
     [](World& w) { w.past_shed(), w.sample.levers.stream_bytes = 8 * kMiB; }, Step::kDropStreams,
     Reason::kRaised},
    {"TooFewStreams", [](World& w) { w.past_shed(), w.sample.levers.stream_bytes = 8 * kMiB - 1; },
     Step::kReclaimFile, Reason::kRaised},
    {"NoStreamsAloneWhenShort",
     [](World& w) {
       w.past_shed(), w.sample.levers.stream_bytes = kGiB, w.sample.levers.reclaim = false;
     },
     Step::kEnd, Reason::kNoLever},
    {"StreamsAloneWithEnough",
     [](World& w) {
       w.past_shed(), w.available(10), w.sample.levers.stream_bytes = kGiB;
       w.sample.levers.reclaim = false;
     },
     Step::kDropStreams, Reason::kRaised},
    {"StaleFilesWithConsent",
     [](World& w) {
       w.past_shed(), w.sample.levers.stale_bytes = kMiB, w.sample.levers.may_move_stale = true;
     },
     Step::kMoveStale, Reason::kRaised},
    {"TooFewStaleFiles",
     [](World& w) {
       w.past_shed(), w.sample.levers.stale_bytes = kMiB - 1, w.sample.levers.may_move_stale = true;
     },
     Step::kReclaimFile, Reason::kRaised},
    {"NoStaleFilesWithoutConsent",
     [](World& w) { w.past_shed(), w.sample.levers.stale_bytes = kGiB; }, Step::kReclaimFile,
     Reason::kRaised},
    {"FilePagesAtNotice",
     [](World& w) { w.past_shed(), w.level(PressureLevel::kNormal), w.sample.noticed = true; },
     Step::kReclaimFile, Reason::kRaised},
    {"NoSwappingAtNotice",
     [](World& w) { w.past_file(), w.level(PressureLevel::kNormal), w.sample.noticed = true; },
     Step::kEnd, Reason::kNoLever},
    {"SwappingAtWarning", [](World& w) { w.past_file(); }, Step::kReclaimAnonymous,
     Reason::kRaised},
    {"NoFileRungWhereTheKernelKnowsNoSwappiness",
     [](World& w) { w.past_shed(), w.state.takes_swappiness = false; }, Step::kReclaimAnonymous,
     Reason::kRaised},
    {"WithoutSwapFilePagesNeedNoSwappiness",
     [](World& w) {
       w.past_shed(), w.state.takes_swappiness = false, w.sample.swap = SwapKind::kNone;
     },
     Step::kReclaimFile, Reason::kRaised},
    {"NoDelegation", [](World& w) { w.past_shed(), w.sample.levers.reclaim = false; }, Step::kEnd,
     Reason::kNoLever},
    {"AsksWhenWarnedForLong",
     [](World& w) {
       w.past_shed(), w.sample.levers.reclaim = false, w.state.warned_since = w.now - kAskAfter;
     },
     Step::kAsk, Reason::kRaised},
    {"DoesNotAskAtOnce",
     [](World& w) {
       w.past_shed(), w.sample.levers.reclaim = false;
       w.state.warned_since = w.now - kAskAfter + nanoseconds(1);
     },
     Step::kEnd, Reason::kNoLever},
    {"DoesNotAskOnRequest",
     [](World& w) {
       w.past_shed(), w.sample.levers.reclaim = false, w.sample.requested = true;
       w.state.warned_since = w.now - hours(1), w.state.cool_until = w.now + hours(1);
     },
     Step::kEnd, Reason::kNoLever},
};
INSTANTIATE_TEST_SUITE_P(Ladder, PolicyTable, testing::ValuesIn(kLadder), name_of);

// Swap that must not take more.
const Row kSwap[] = {
    {"None", [](World& w) { w.past_file(), w.sample.swap = SwapKind::kNone; }, Step::kEnd,
     Reason::kNoLever},
    {"Turning", [](World& w) { w.past_file(), w.sample.swap = SwapKind::kRotational; }, Step::kEnd,
     Reason::kNoLever},
    {"NearlyFull", [](World& w) { w.past_file(), w.swap_used(79.9); }, Step::kReclaimAnonymous,
     Reason::kRaised},
    {"Full", [](World& w) { w.past_file(), w.swap_used(80); }, Step::kEnd, Reason::kNoLever},
    {"LowBattery",
     [](World& w) { w.past_file(), w.sample.on_mains = false, w.sample.battery_percent = 29.9; },
     Step::kEnd, Reason::kNoLever},
    {"Battery",
     [](World& w) { w.past_file(), w.sample.on_mains = false, w.sample.battery_percent = 30; },
     Step::kReclaimAnonymous, Reason::kRaised},
    {"LowBatteryZram",
     [](World& w) {
       w.past_file(), w.sample.on_mains = false, w.sample.battery_percent = 5;
       w.sample.swap = SwapKind::kZram;
     },
     Step::kReclaimAnonymous, Reason::kRaised},
    {"ZramThatCompressesLittle",
     [](World& w) {
       w.past_file(), w.sample.swap = SwapKind::kZram;
       w.sample.memory.zram = model::ZramState{149 * kMiB, 100 * kMiB};
     },
     Step::kEnd, Reason::kNoLever},
    {"ZramThatCompresses",
     [](World& w) {
       w.past_file(), w.sample.swap = SwapKind::kZram;
       w.sample.memory.zram = model::ZramState{150 * kMiB, 100 * kMiB};
     },
     Step::kReclaimAnonymous, Reason::kRaised},
    {"ZramThatHoldsTooLittleToJudge",
     [](World& w) {
       w.past_file(), w.sample.swap = SwapKind::kZram;
       w.sample.memory.zram = model::ZramState{16 * kMiB - 1, 16 * kMiB - 1};
     },
     Step::kReclaimAnonymous, Reason::kRaised},
    {"ZramThatHoldsEnoughToJudge",
     [](World& w) {
       w.past_file(), w.sample.swap = SwapKind::kZram;
       w.sample.memory.zram = model::ZramState{16 * kMiB, 16 * kMiB};
     },
     Step::kEnd, Reason::kNoLever},
    {"HoursBudgetAlmostNew",
     [](World& w) {
       w.past_file(), w.state.hour_began = w.now - hours(1) + nanoseconds(1);
       w.state.swapped_this_hour = kHourlySwapOut;
     },
     Step::kEnd, Reason::kNoLever},
    {"HoursBudgetSpent",
     [](World& w) {
       w.past_file(), w.state.hour_began = w.now, w.state.swapped_this_hour = kHourlySwapOut;
     },
     Step::kEnd, Reason::kNoLever},
    {"HoursBudgetNew",
     [](World& w) {
       w.past_file(), w.state.hour_began = w.now - hours(1);
       w.state.swapped_this_hour = kHourlySwapOut;
     },
     Step::kReclaimAnonymous, Reason::kRaised},
};
INSTANTIATE_TEST_SUITE_P(Swap, PolicyTable, testing::ValuesIn(kSwap), name_of);

// Apps that are not to be touched.
const Row kScopes[] = {
    {"Kept", [](World& w) { w.past_shed(), w.scope().kept = true; }, Step::kEnd, Reason::kNoLever},
    {"NotIdleForLong",
     [](World& w) { w.past_shed(), w.scope().idle_for = kIdleFor - nanoseconds(1); }, Step::kEnd,
     Reason::kNoLever},
    {"IdleForLong", [](World& w) { w.past_shed(), w.scope().idle_for = kIdleFor; },
     Step::kReclaimFile, Reason::kRaised},
    {"Small", [](World& w) { w.past_shed(), w.scope().reading.current_bytes = kLeastScope - 1; },
     Step::kEnd, Reason::kNoLever},
    {"LargeEnough", [](World& w) { w.past_shed(), w.scope().reading.current_bytes = kLeastScope; },
     Step::kReclaimFile, Reason::kRaised},
    {"Stalling", [](World& w) { w.past_shed(), w.scope().reading.stalled_avg60_percent = 0.01; },
     Step::kEnd, Reason::kNoLever},
    {"NotStalling", [](World& w) { w.past_shed(), w.scope().reading.stalled_avg60_percent = 0; },
     Step::kReclaimFile, Reason::kRaised},
    {"Gone", [](World& w) { w.past_shed(), w.scope().reading.state = model::ScopeState::kGone; },
     Step::kEnd, Reason::kNoLever},
    {"TakenFromLately",
     [](World& w) {
       w.past_shed(), w.state.taken.push_back({1, w.now - kReclaimGap + nanoseconds(1), 1000, 0});
     },
     Step::kEnd, Reason::kNoLever},
    {"TakenFromLongAgo",
     [](World& w) {
       w.past_shed(), w.state.taken.push_back({1, w.now - kReclaimGap, 1000, 0});
     },
     Step::kReclaimFile, Reason::kRaised},
    {"LeftAloneForADay",
     [](World& w) {
       w.past_shed();
       w.state.taken.push_back({1, w.now - hours(20), 0, 0, w.now + nanoseconds(1)});
     },
     Step::kEnd, Reason::kNoLever},
    {"TheDayIsOver",
     [](World& w) {
       w.past_shed(), w.state.taken.push_back({1, w.now - hours(25), 0, 0, w.now});
     },
     Step::kReclaimFile, Reason::kRaised},
    {"Denied",
     [](World& w) {
       w.past_shed(), w.state.taken.push_back({1, w.now - hours(90), 0, 0, std::nullopt, true});
     },
     Step::kEnd, Reason::kNoLever},
    {"PagesThatTheKernelNeverLookedAtAreAllYoung",
     [](World& w) {
       w.past_file(), w.scope().reading.inactive_anonymous_bytes = 0;
       w.scope().reading.anonymous_bytes = 600 * kMiB;
     },
     Step::kReclaimAnonymous, Reason::kRaised},
    {"NothingInactive",
     [](World& w) { w.past_file(), w.scope().reading.inactive_anonymous_bytes = 0; }, Step::kEnd,
     Reason::kNoLever},
    {"None", [](World& w) { w.past_shed(), w.sample.scopes.clear(); }, Step::kEnd,
     Reason::kNoLever},
};
INSTANTIATE_TEST_SUITE_P(Scopes, PolicyTable, testing::ValuesIn(kScopes), name_of);

// Before the demand: idle, on mains, low for minutes, and nobody stalls.
const Row kAnticipation[] = {
    {"LowForMinutes", [](World& w) { w.alone(); }, Step::kReclaimFile, Reason::kAnticipation},
    {"LowNotForLong",
     [](World& w) { w.alone(), w.state.low_since = w.now - kLowFor + nanoseconds(1); }, Step::kNone,
     Reason::kCalm},
    {"JustUnderTwiceTheTarget", [](World& w) { w.alone(), w.available(19.9); }, Step::kReclaimFile,
     Reason::kAnticipation},
    {"EnoughAvailable", [](World& w) { w.alone(), w.available(20); }, Step::kNone, Reason::kCalm},
    {"SomebodyThere", [](World& w) { w.alone(), w.sample.machine_idle = false; }, Step::kNone,
     Reason::kCalm},
    {"OnBattery", [](World& w) { w.alone(), w.sample.on_mains = false; }, Step::kNone,
     Reason::kCalm},
    {"NoDelegation", [](World& w) { w.alone(), w.sample.levers.reclaim = false; }, Step::kNone,
     Reason::kCalm},
    {"MemoryRestless", [](World& w) { w.alone(), w.sample.stall->some_avg60 = 0.11; }, Step::kNone,
     Reason::kStalled},
    {"DiskRestless", [](World& w) { w.alone(), w.sample.io_stall->some_avg10 = 0.11; }, Step::kNone,
     Reason::kStalled},
    {"CalmEnough", [](World& w) { w.alone(), w.sample.stall->some_avg10 = 0.1; },
     Step::kReclaimFile, Reason::kAnticipation},
    {"CoolingDown", [](World& w) { w.alone(), w.state.cool_until = w.now + seconds(1); },
     Step::kNone, Reason::kCoolingDown},
    {"ShedsNothingAndDropsNothing",
     [](World& w) { w.alone(), w.sample.levers.stream_bytes = kGiB; }, Step::kReclaimFile,
     Reason::kAnticipation},
    {"SwapsWithoutPressure", [](World& w) { w.alone(), w.past_file(); }, Step::kReclaimAnonymous,
     Reason::kAnticipation},
};
INSTANTIATE_TEST_SUITE_P(Anticipation, PolicyTable, testing::ValuesIn(kAnticipation), name_of);

// How much: the control law and what bounds it.
struct Amount {
  const char* name;
  void (*arrange)(World&);
  std::uint64_t bytes;
};
void PrintTo(const Amount& row, std::ostream* out) { *out << row.name; }
class PolicyAmount : public testing::TestWithParam<Amount> {};

TEST_P(PolicyAmount, IsAskedFor) {
  World world;
  world.settings.max_memory_chunk = 64 * kMiB;
  world.past_file();
  GetParam().arrange(world);
  EXPECT_EQ(world.step().bytes, GetParam().bytes);
}

const Amount kAmounts[] = {
    {"NoMoreThanIsWanted", [](World& w) { w.available(9.9); }, 8 * kMiB + 196 * kKiB},
    {"AQuarterAbove90", [](World& w) { w.available(5); }, 16 * kMiB},
    {"AHalfAt90", [](World& w) { w.settings.target_available_percent = 20, w.available(10); },
     32 * kMiB},
    {"AHalfAbove75", [](World& w) { w.settings.target_available_percent = 50, w.available(24.9); },
     32 * kMiB},
    {"TheWholeAt75", [](World& w) { w.settings.target_available_percent = 50, w.available(25); },
     64 * kMiB},
    {"HalfOfWhatIsCold", [](World& w) { w.scope().reading.inactive_anonymous_bytes = 20 * kMiB; },
     10 * kMiB},
    {"HalfOfWhatIsAnonymous",
     [](World& w) {
       w.scope().reading.inactive_anonymous_bytes = kMiB;
       w.scope().reading.anonymous_bytes = 20 * kMiB;
     },
     10 * kMiB},
    {"AQuarterOfTheFreeSwap", [](World& w) { w.sample.memory.swap_total_bytes = 32 * kMiB; },
     8 * kMiB},
    {"TheRestOfTheHour",
     [](World& w) {
       w.state.hour_began = w.now, w.state.swapped_this_hour = kHourlySwapOut - 3 * kMiB;
     },
     3 * kMiB},
    {"WholePages", [](World& w) { w.scope().reading.inactive_anonymous_bytes = 20 * kMiB + 4094; },
     10 * kMiB},
    {"LittleByLittleWhileIdle", [](World& w) { w.alone(); }, kBackgroundRound},
    {"TheWholeChunkIfNotAdaptive", [](World& w) { w.settings.adaptive_memory = false; }, 64 * kMiB},
    {"FilePages", [](World& w) { w.scope().reading.inactive_file_bytes = 5 * kMiB; }, 5 * kMiB},
};
INSTANTIATE_TEST_SUITE_P(Of, PolicyAmount, testing::ValuesIn(kAmounts), name_of);

TEST(PolicyTarget, IsAShareAndEnoughForSmallMachines) {
  model::MemorySample memory;
  memory.total_bytes = 16 * kGiB;
  EXPECT_EQ(target_bytes(memory, {}), 16 * kGiB / 10);
  memory.total_bytes = 4 * kGiB;
  EXPECT_EQ(target_bytes(memory, {}), 512 * kMiB);
  memory.total_bytes = kGiB;
  EXPECT_EQ(target_bytes(memory, {}), 512 * kMiB);
  memory.total_bytes = 960 * kMiB;
  EXPECT_EQ(target_bytes(memory, {}), 480 * kMiB);
  EXPECT_EQ(target_bytes({}, {}), 0u);
  memory.total_bytes = 16 * kGiB;
  EXPECT_EQ(anticipated_bytes(memory, {}), 16 * kGiB / 5);
  EXPECT_EQ(anticipated_bytes(memory, {90, kMiB}), 16 * kGiB);
}

}  // namespace
}  // namespace lull::relief
