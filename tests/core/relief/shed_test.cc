// SPDX-License-Identifier: MIT
#include "core/relief/shed.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <malloc.h>

#include "core/base/bytes.h"
#include "core/platform/memory_probe.h"

namespace lull::relief {
namespace {

using base::kGiB;
using base::kKiB;
using base::kMiB;
using std::chrono::milliseconds;
using std::chrono::seconds;

base::SteadyTime at(base::Duration since) { return base::SteadyTime(seconds(1000) + since); }

ShedSample sample(base::Duration since, std::uint64_t anonymous, std::uint64_t swapped = 0,
                  std::uint64_t available = kGiB) {
  ShedSample result;
  result.taken_at = at(since);
  result.own.resident_bytes = anonymous + 5 * kMiB;
  result.own.anonymous_bytes = anonymous;
  result.own.swapped_bytes = swapped;
  result.memory.available_bytes = available;
  return result;
}
ShedSample resident_only(base::Duration since, std::uint64_t resident, std::uint64_t available,
                         std::uint64_t swap_used = 0) {
  ShedSample result;
  result.taken_at = at(since);
  result.own.resident_bytes = resident;
  result.memory.available_bytes = available;
  result.memory.swap_used_bytes = swap_used;
  return result;
}
Verdict judge(const ShedSample& before, const ShedSample& after) {
  return judge_shed(before, after, at(seconds(1)), at(seconds(2)));
}

TEST(ShedVerdict, FreedIsWhatOurOwnMemoryFellBy) {
  const auto verdict = judge(sample(seconds(1), 20 * kMiB), sample(seconds(2), 12 * kMiB));
  EXPECT_EQ(verdict.outcome, Outcome::kFreed);
  EXPECT_EQ(verdict.bytes, 8 * kMiB);
  EXPECT_NE(verdict.reason.find("8.00 MiB"), std::string::npos) << verdict.reason;
}

TEST(ShedVerdict, WhatOthersFreedIsNotOurs) {
  const auto verdict =
      judge(sample(seconds(1), 20 * kMiB, 0, kGiB), sample(seconds(2), 20 * kMiB, 0, 3 * kGiB));
  EXPECT_EQ(verdict.outcome, Outcome::kNoEffect);
  EXPECT_EQ(verdict.bytes, 0u);
  EXPECT_EQ(verdict.available_change_bytes, static_cast<std::int64_t>(2 * kGiB));
}

TEST(ShedVerdict, WhatOthersTookDoesNotUndoOurs) {
  const auto verdict =
      judge(sample(seconds(1), 20 * kMiB, 0, kGiB), sample(seconds(2), 10 * kMiB, 0, kGiB / 2));
  EXPECT_EQ(verdict.outcome, Outcome::kFreed);
  EXPECT_EQ(verdict.bytes, 10 * kMiB);
  EXPECT_EQ(verdict.available_change_bytes, -static_cast<std::int64_t>(kGiB / 2));
}

TEST(ShedVerdict, MemoryThatWentToSwapIsNotFreed) {
  EXPECT_EQ(
      judge(sample(seconds(1), 20 * kMiB, 0), sample(seconds(2), 5 * kMiB, 15 * kMiB)).outcome,
      Outcome::kNoEffect);
  const auto part =
      judge(sample(seconds(1), 20 * kMiB, 0), sample(seconds(2), 5 * kMiB, 10 * kMiB));
  EXPECT_EQ(part.outcome, Outcome::kFreed);
  EXPECT_EQ(part.bytes, 5 * kMiB);
}

TEST(ShedVerdict, LessThanNoiseIsNoEffectAndSoIsGrowth) {
  EXPECT_EQ(judge(sample(seconds(1), kMiB), sample(seconds(2), kMiB - kNoiseBytes + 1)).outcome,
            Outcome::kNoEffect);
  EXPECT_EQ(judge(sample(seconds(1), kMiB), sample(seconds(2), kMiB - kNoiseBytes)).outcome,
            Outcome::kFreed);
  const auto grown = judge(sample(seconds(1), kMiB), sample(seconds(2), 9 * kMiB));
  EXPECT_EQ(grown.outcome, Outcome::kNoEffect);
  EXPECT_EQ(grown.bytes, 0u);
}

TEST(ShedVerdict, SamplesThatAreNotFromBeforeAndAfterProveNothing) {
  const auto early = judge(sample(seconds(1), 20 * kMiB), sample(milliseconds(1999), kMiB));
  EXPECT_EQ(early.outcome, Outcome::kUnproven);
  EXPECT_EQ(early.bytes, 0u);
  EXPECT_EQ(judge(sample(milliseconds(1001), 20 * kMiB), sample(seconds(2), kMiB)).outcome,
            Outcome::kUnproven);
}

TEST(ShedVerdict, ResidentMemoryAloneNeedsTheMachinesWord) {
  const auto freed = judge(resident_only(seconds(1), 30 * kMiB, kGiB),
                           resident_only(seconds(2), 20 * kMiB, kGiB + 50 * kMiB));
  EXPECT_EQ(freed.outcome, Outcome::kFreed);
  EXPECT_EQ(freed.bytes, 10 * kMiB);
  const auto less = judge(resident_only(seconds(1), 30 * kMiB, kGiB),
                          resident_only(seconds(2), 20 * kMiB, kGiB + 4 * kMiB));
  EXPECT_EQ(less.bytes, 4 * kMiB);
  const auto contradicted =
      judge(resident_only(seconds(1), 30 * kMiB, kGiB), resident_only(seconds(2), 20 * kMiB, kGiB));
  EXPECT_EQ(contradicted.outcome, Outcome::kUnproven);
  EXPECT_EQ(contradicted.bytes, 0u);
  const auto swapped = judge(resident_only(seconds(1), 30 * kMiB, kGiB, 0),
                             resident_only(seconds(2), 20 * kMiB, kGiB + kGiB, 10 * kMiB));
  EXPECT_EQ(swapped.outcome, Outcome::kUnproven);
  EXPECT_EQ(judge(resident_only(seconds(1), 30 * kMiB, kGiB),
                  resident_only(seconds(2), 30 * kMiB, 2 * kGiB))
                .outcome,
            Outcome::kNoEffect);
}

TEST(ShedVerdict, MeasurementsOfDifferentKindsProveNothing) {
  EXPECT_EQ(judge(sample(seconds(1), 20 * kMiB), resident_only(seconds(2), kMiB, 2 * kGiB)).outcome,
            Outcome::kUnproven);
  EXPECT_EQ(judge(resident_only(seconds(1), 20 * kMiB, kGiB), sample(seconds(2), kMiB)).outcome,
            Outcome::kUnproven);
}

TEST(ShedVerdict, ClaimsNothingUnlessItIsFreed) {
  for (std::uint64_t before = 0; before < 4 * kMiB; before += 300 * kKiB)
    for (std::uint64_t after = 0; after < 4 * kMiB; after += 300 * kKiB) {
      const auto verdict = judge(sample(seconds(1), before), sample(seconds(2), after));
      EXPECT_EQ(verdict.bytes > 0, verdict.outcome == Outcome::kFreed);
      EXPECT_LE(verdict.bytes, before);
      EXPECT_FALSE(verdict.reason.empty());
    }
}

TEST(Shedding, HappensAtMostOnceAMinute) {
  Shed shed;
  EXPECT_TRUE(shed.due(at({})));
  EXPECT_TRUE(shed.begin(std::nullopt, at({})));
  EXPECT_FALSE(shed.due(at(seconds(100))));  // it still runs
  EXPECT_FALSE(shed.begin(std::nullopt, at(seconds(100))));
  shed.finish(std::nullopt, at(seconds(101)));
  EXPECT_FALSE(shed.begin(std::nullopt, at(seconds(160))));
  EXPECT_TRUE(shed.begin(std::nullopt, at(seconds(161))));
}

TEST(Shedding, IsJudgedByFreshSamplesOfBothSides) {
  Shed shed;
  ASSERT_TRUE(shed.begin(sample({}, 20 * kMiB), at(milliseconds(10))));
  const auto verdict = shed.finish(sample(seconds(1), 10 * kMiB), at(milliseconds(900)));
  EXPECT_EQ(verdict.outcome, Outcome::kFreed);
  EXPECT_EQ(verdict.bytes, 10 * kMiB);
}

TEST(Shedding, AStaleSampleBeforeProvesNothingButDoesNotStopTheAct) {
  Shed shed;
  ASSERT_TRUE(shed.begin(sample({}, 20 * kMiB), at(milliseconds(1001))));
  EXPECT_EQ(shed.finish(sample(seconds(3), 10 * kMiB), at(seconds(2))).outcome, Outcome::kUnproven);
}

TEST(Shedding, AReadingOfBeforeTheActEndedIsNoReadingAfter) {
  Shed shed;
  ASSERT_TRUE(shed.begin(sample({}, 20 * kMiB), at({})));
  EXPECT_EQ(shed.finish(sample(seconds(1), 10 * kMiB), at(seconds(2))).outcome, Outcome::kUnproven);
}

TEST(Shedding, ThatWasNotBegunProvesNothing) {
  Shed shed;
  EXPECT_EQ(shed.finish(sample(seconds(1), 1), at({})).outcome, Outcome::kUnproven);
  EXPECT_TRUE(shed.due(at({})));
}

TEST(Shedding, MissingMeasurementsProveNothing) {
  Shed shed;
  ASSERT_TRUE(shed.begin(sample({}, 20 * kMiB), at({})));
  EXPECT_EQ(shed.finish(std::nullopt, at(seconds(1))).outcome, Outcome::kUnproven);
}

TEST(Outcomes, HaveTheWordsOfTheContract) {
  EXPECT_EQ(outcome_name(Outcome::kFreed), "freed");
  EXPECT_EQ(outcome_name(Outcome::kNoEffect), "no-effect");
  EXPECT_EQ(outcome_name(Outcome::kUnproven), "unproven");
}

}  // namespace
}  // namespace lull::relief
