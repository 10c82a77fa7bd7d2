// SPDX-License-Identifier: MIT
#include "core/relief/pressure_tracker.h"

#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/bytes.h"

namespace lull::relief {
namespace {

using base::kGiB;
using model::PressureLevel;
using model::PressureReading;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kNormal = PressureLevel::kNormal;
constexpr auto kWarning = PressureLevel::kWarning;
constexpr auto kCritical = PressureLevel::kCritical;

// A machine that stalls as it is told.
class Tracker : public testing::Test {
 protected:
  Tracker() { reading_.taken_at = now_; }
  // Time goes on by `by`, `some` and `full` of it stalled.
  void pass(base::Duration by, base::Duration some = {}, base::Duration full = {}) {
    now_ += by;
    reading_.taken_at = now_;
    reading_.some_total_us += static_cast<std::uint64_t>(some.count() / 1000);
    reading_.full_total_us += static_cast<std::uint64_t>(full.count() / 1000);
  }
  std::optional<PressureLevel> step() { return tracker_.step(reading_, now_); }
  std::optional<PressureLevel> step_with(PressureInput input) {
    input.reading = reading_;
    return tracker_.step(input, now_);
  }
  static model::MemorySample memory(double available_percent, double swap_free_percent = 100) {
    model::MemorySample sample;
    sample.total_bytes = 10 * kGiB;
    sample.available_bytes =
        static_cast<std::uint64_t>(available_percent / 100 * static_cast<double>(10 * kGiB));
    sample.swap_total_bytes = kGiB;
    sample.swap_used_bytes =
        kGiB - static_cast<std::uint64_t>(swap_free_percent / 100 * static_cast<double>(kGiB));
    return sample;
  }
  base::SteadyTime now_{minutes(10)};
  PressureReading reading_;
  PressureTracker tracker_;
};

TEST_F(Tracker, KnowsNothingBeforeTheFirstStepNorWithoutPsi) {
  EXPECT_EQ(tracker_.level(), std::nullopt);
  EXPECT_EQ(tracker_.step(PressureInput{}, now_), std::nullopt);
  EXPECT_EQ(tracker_.next_look(), std::nullopt);
}

TEST_F(Tracker, ForgetsWhatItKnewWhenPsiGoes) {
  reading_.some_avg10 = 50;
  EXPECT_EQ(step(), kWarning);
  EXPECT_EQ(tracker_.step(PressureInput{}, now_), std::nullopt);
  reading_.some_avg10 = 0;
  EXPECT_EQ(step(), kNormal);
}

TEST_F(Tracker, WithoutPsiTheLevelGoesByAvailableMemory) {
  EXPECT_EQ(judge_available(memory(10), std::nullopt), kNormal);
  EXPECT_EQ(judge_available(memory(9.9), std::nullopt), kWarning);
  EXPECT_EQ(judge_available(memory(19.9), kSwappingBytesPerSecond), kWarning);
  EXPECT_EQ(judge_available(memory(19.9), kSwappingBytesPerSecond - 1), kNormal);
  EXPECT_EQ(judge_available(memory(20), 100 * kSwappingBytesPerSecond), kNormal);
  EXPECT_EQ(judge_available(memory(4.9, 21), std::nullopt), kWarning);
  EXPECT_EQ(judge_available(memory(4.9, 19), std::nullopt), kCritical);
  EXPECT_EQ(judge_available(memory(5, 0), std::nullopt), kWarning);
}

TEST_F(Tracker, WithoutPsiThereIsTheSameHysteresis) {
  const auto step_by = [&](double available) {
    return tracker_.step(PressureInput{std::nullopt, memory(available), std::nullopt}, now_);
  };
  EXPECT_EQ(step_by(50), kNormal);
  EXPECT_EQ(tracker_.next_look(), std::nullopt);
  EXPECT_EQ(step_by(9), kWarning);
  EXPECT_EQ(tracker_.next_look(), now_ + PressureTracker::kLookAgain);
  now_ += seconds(5);
  EXPECT_EQ(step_by(11), kWarning);
  now_ += seconds(29);
  EXPECT_EQ(step_by(9), kWarning) << "that begins anew";
  now_ += seconds(5);
  EXPECT_EQ(step_by(50), kWarning);
  now_ += PressureTracker::kCalmBeforeDown;
  EXPECT_EQ(step_by(50), kNormal);
}

TEST_F(Tracker, WithoutPsiSwappingIsJudgedOverAWindow) {
  const auto step_at = [&](std::uint64_t swapped_out) {
    return tracker_.step(PressureInput{std::nullopt, memory(15), std::nullopt, swapped_out}, now_);
  };
  EXPECT_EQ(step_at(kGiB), kNormal) << "since boot";
  now_ += seconds(1);
  EXPECT_EQ(step_at(2 * kGiB), kNormal) << "too short to judge";
  now_ += seconds(999);
  EXPECT_EQ(step_at(kGiB + 1000 * static_cast<std::uint64_t>(kSwappingBytesPerSecond)), kWarning);
}

TEST_F(Tracker, WithoutPsiACounterThatFellSaysNothing) {
  const auto step_at = [&](std::uint64_t swapped_out) {
    return tracker_.step(PressureInput{std::nullopt, memory(15), std::nullopt, swapped_out}, now_);
  };
  EXPECT_EQ(step_at(kGiB), kNormal);
  now_ += seconds(60);
  EXPECT_EQ(step_at(0), kNormal);
}

TEST_F(Tracker, WithoutPsiAndMemoryNothingIsKnown) {
  EXPECT_EQ(tracker_.step(PressureInput{std::nullopt, model::MemorySample{}, std::nullopt}, now_),
            std::nullopt);
}

TEST_F(Tracker, ACalmMachineIsNormalAndNeedsNoFurtherLook) {
  pass(seconds(5));
  EXPECT_EQ(step(), kNormal);
  pass(seconds(5));
  EXPECT_EQ(step(), kNormal);
  EXPECT_EQ(tracker_.next_look(), std::nullopt);
}

TEST_F(Tracker, JudgesTheShareOfAWindowAsTheTriggersDo) {
  step();
  pass(seconds(2), milliseconds(99));
  EXPECT_EQ(step(), kNormal);
  pass(seconds(2), milliseconds(100));
  EXPECT_EQ(step(), kWarning);
  pass(seconds(2), milliseconds(100), milliseconds(100));
  EXPECT_EQ(step(), kCritical);
}

TEST_F(Tracker, AWindowOfTenSecondsIsJudgedByItsShareToo) {
  step();
  pass(seconds(10), milliseconds(499));
  EXPECT_EQ(step(), kNormal);
  pass(seconds(10), milliseconds(500));
  EXPECT_EQ(step(), kWarning);
}

TEST_F(Tracker, ShortWindowsAreNoise) {
  step();
  pass(milliseconds(100), milliseconds(90), milliseconds(90));
  EXPECT_EQ(step(), kNormal);
  // But the stall is not forgotten: it counts in the window of two seconds it is part of.
  pass(milliseconds(1900), milliseconds(20), milliseconds(20));
  EXPECT_EQ(step(), kCritical);
}

TEST_F(Tracker, LongGapsAreJudgedByTheAveragesAlone) {
  step();
  pass(minutes(60), seconds(600), seconds(600));
  EXPECT_EQ(step(), kNormal);
  pass(minutes(60));
  reading_.some_avg10 = kWarningSomeAvg10;
  EXPECT_EQ(step(), kWarning);
}

TEST_F(Tracker, AveragesAloneTellTheLevelOfAFirstReading) {
  reading_.some_avg10 = 9.99;
  reading_.full_avg10 = 4.99;
  EXPECT_EQ(judge_pressure({reading_, {}, {}}, std::nullopt), kNormal);
  reading_.some_avg10 = 10;
  EXPECT_EQ(judge_pressure({reading_, {}, {}}, std::nullopt), kWarning);
  reading_.full_avg10 = 5;
  EXPECT_EQ(judge_pressure({reading_, {}, {}}, std::nullopt), kCritical);
}

TEST_F(Tracker, ATriggerThatFiredIsBelievedBeforeTheAveragesFollow) {
  step();
  pass(minutes(5), milliseconds(150));
  EXPECT_EQ(step_with({{}, {}, kWarning}), kWarning);
  pass(seconds(1));
  EXPECT_EQ(step_with({{}, {}, kCritical}), kCritical);
}

TEST_F(Tracker, ANoticeAloneIsNormal) { EXPECT_EQ(step_with({{}, memory(30), kNormal}), kNormal); }

TEST_F(Tracker, LittleMemoryRaisesTheLevelOfAMachineThatStalls) {
  EXPECT_EQ(judge_pressure({reading_, memory(15), kNormal}, {}), kNormal);
  EXPECT_EQ(judge_pressure({reading_, memory(14.9), kNormal}, {}), kWarning);
  EXPECT_EQ(judge_pressure({reading_, memory(4.9, 20.1), kNormal}, {}), kWarning);
  EXPECT_EQ(judge_pressure({reading_, memory(4.9, 19.9), kNormal}, {}), kCritical);
}

TEST_F(Tracker, WithoutSwapVeryLittleMemoryIsCritical) {
  auto sample = memory(4);
  sample.swap_total_bytes = sample.swap_used_bytes = 0;
  EXPECT_EQ(judge_pressure({reading_, sample, kNormal}, {}), kCritical);
}

TEST_F(Tracker, LittleMemoryAloneIsNoPressure) {
  EXPECT_EQ(judge_pressure({reading_, memory(1, 0), std::nullopt}, {}), kNormal);
}

TEST_F(Tracker, AStallOfANoticeMakesLittleMemoryCount) {
  step();
  pass(seconds(2), milliseconds(70));
  EXPECT_EQ(step_with({{}, memory(10), std::nullopt}), kWarning);
}

TEST_F(Tracker, PlentyOfMemoryMeansThatTheStallIsNotOfMemory) {
  reading_.full_avg10 = 40;
  EXPECT_EQ(judge_pressure({reading_, memory(50.1), kCritical}, {}), kNormal);
  EXPECT_EQ(judge_pressure({reading_, memory(50), kCritical}, {}), kCritical);
}

TEST_F(Tracker, ALevelThatTheSystemTellsIsBelieved) {
  for (const PressureLevel told : {kNormal, kWarning, kCritical}) {
    PressureReading reading;
    reading.told = told;
    EXPECT_EQ(judge_pressure({reading, memory(30), {}}, std::nullopt), told);
    EXPECT_EQ(judge_pressure({reading, memory(60), {}}, std::nullopt), kNormal);
  }
  PressureReading calm;
  calm.told = kNormal;
  EXPECT_EQ(judge_pressure({calm, memory(3), {}}, std::nullopt), kNormal);
  EXPECT_EQ(judge_pressure({calm, memory(30), kCritical}, std::nullopt), kCritical);
}

TEST_F(Tracker, GoesDownOnlyAfterHalfAMinuteOfCalm) {
  reading_.full_avg10 = 20;
  EXPECT_EQ(step(), kCritical);
  reading_.full_avg10 = 0;
  pass(seconds(5));
  EXPECT_EQ(step(), kCritical);  // calm begins here
  for (int i = 0; i < 5; ++i) {
    pass(seconds(5));
    EXPECT_EQ(step(), kCritical) << i;
  }
  pass(milliseconds(4999));
  EXPECT_EQ(step(), kCritical);
  pass(milliseconds(1));
  EXPECT_EQ(step(), kNormal);
}

TEST_F(Tracker, AStallInBetweenStartsTheCalmAnew) {
  reading_.some_avg10 = 20;
  step();
  reading_.some_avg10 = 0;
  for (int i = 0; i < 4; ++i) {
    pass(seconds(29));
    EXPECT_EQ(step(), kWarning);
    reading_.some_avg10 = 20;
    pass(milliseconds(100));
    EXPECT_EQ(step(), kWarning);
    reading_.some_avg10 = 0;
  }
}

TEST_F(Tracker, GoesDownToTheHighestOfTheCalmTime) {
  reading_.full_avg10 = 20;
  EXPECT_EQ(step(), kCritical);
  reading_.full_avg10 = 0;
  pass(seconds(10));
  step();
  reading_.some_avg10 = 20;
  pass(seconds(10));
  step();
  reading_.some_avg10 = 0;
  pass(seconds(20));
  EXPECT_EQ(step(), kWarning);
  pass(seconds(1));
  EXPECT_EQ(step(), kWarning);
  pass(seconds(30));
  EXPECT_EQ(step(), kNormal);
}

TEST_F(Tracker, WhileRaisedItAsksToBeLookedAtAgain) {
  reading_.some_avg10 = 20;
  step();
  EXPECT_EQ(tracker_.next_look(), now_ + seconds(5));
  reading_.some_avg10 = 0;
  pass(seconds(1));
  step();
  const auto calm_since = now_;
  pass(seconds(27));
  step();
  EXPECT_EQ(tracker_.next_look(), calm_since + seconds(30));
}

// Whoever follows next_look() is told of the calm within half a minute and one look.
TEST_F(Tracker, FollowingItsWishesEndsInSilence) {
  reading_.full_avg10 = 60;
  step();
  const auto start = now_;
  reading_.full_avg10 = 0;
  int looks = 0;
  while (const auto next = tracker_.next_look()) {
    pass(*next - now_);
    step();
    ASSERT_LT(++looks, 20);
  }
  EXPECT_EQ(tracker_.level(), kNormal);
  EXPECT_LE(now_ - start, seconds(35));
}

// Any history of averages: up at once, down only if the last half minute was lower throughout.
TEST_F(Tracker, KeepsItsHysteresisWhateverItSees) {
  std::mt19937 random(99);
  std::vector<std::pair<base::SteadyTime, PressureLevel>> history;
  auto last = kNormal;
  int falls = 0;
  for (int i = 0; i < 20'000; ++i) {
    pass(milliseconds(random() % 6000));
    reading_.some_avg10 = random() % 40 == 0 ? 20 : 0;
    reading_.full_avg10 = random() % 60 == 0 ? 20 : 0;
    const auto found = judge_pressure({reading_, {}, {}}, {});
    history.emplace_back(now_, found);
    const auto level = step();
    ASSERT_TRUE(level);
    ASSERT_GE(*level, found);
    if (*level < last) {
      ++falls;
      for (auto past = history.rbegin();
           past != history.rend() && now_ - past->first < PressureTracker::kCalmBeforeDown; ++past)
        ASSERT_LE(past->second, *level);
    }
    ASSERT_TRUE(*level <= last || *level == found);
    last = *level;
  }
  EXPECT_GT(falls, 50);
}

TEST(Triggers, AreThoseOfTheLevels) {
  EXPECT_EQ(notice_trigger().stall_us, 70'000u);
  EXPECT_EQ(trigger_of(kWarning).stall_us, 100'000u);
  EXPECT_EQ(trigger_of(kWarning).kind, platform::PressureTrigger::Kind::kSome);
  EXPECT_EQ(trigger_of(kCritical).kind, platform::PressureTrigger::Kind::kFull);
  for (const auto& trigger : {notice_trigger(), trigger_of(kWarning), trigger_of(kCritical)})
    EXPECT_EQ(trigger.window_us, 2'000'000u);
}

}  // namespace
}  // namespace lull::relief
