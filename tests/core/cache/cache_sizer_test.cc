// SPDX-License-Identifier: MIT
#include "core/cache/cache_sizer.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace lull::cache {
namespace {

using namespace std::chrono_literals;
using model::PressureLevel;

constexpr auto kNormal = PressureLevel::kNormal;
constexpr auto kWarning = PressureLevel::kWarning;
constexpr auto kCritical = PressureLevel::kCritical;

// One look: `after` the one before, with what was counted in between.
struct Look {
  base::Duration after;
  PressureLevel level;
  CacheSizer::Counts more;
  std::size_t expected;
};
struct Story {
  const char* name;
  std::size_t maximum;
  std::vector<Look> looks;
};

constexpr CacheSizer::Counts kIdle{0, 0, 0};
constexpr CacheSizer::Counts kStarved{10, 90, 50};    // asked for what was just evicted
constexpr CacheSizer::Counts kContent{90, 10, 5};     // evicts, and answers well all the same
constexpr CacheSizer::Counts kRoomy{10, 90, 0};       // asked for what was never there
constexpr CacheSizer::Counts kFewQuestions{1, 8, 8};  // too few to judge by

class CacheSizerTable : public ::testing::TestWithParam<Story> {};

TEST_P(CacheSizerTable, Sizes) {
  CacheSizer sizer(GetParam().maximum);
  base::SteadyTime now{5h};
  CacheSizer::Counts counts;
  std::size_t at = 0;
  for (const Look& look : GetParam().looks) {
    now += look.after;
    counts.hits += look.more.hits;
    counts.misses += look.more.misses;
    counts.evictions += look.more.evictions;
    EXPECT_EQ(sizer.step(look.level, counts, now), look.expected) << "look " << at;
    ++at;
  }
}

INSTANTIATE_TEST_SUITE_P(
    , CacheSizerTable,
    ::testing::Values(
        Story{"calm_stays_at_the_maximum",
              1000,
              {{1min, kNormal, kIdle, 1000}, {1h, kNormal, kStarved, 1000}}},
        Story{"warning_halves_at_once_and_again_while_it_lasts",
              1000,
              {{1min, kWarning, kIdle, 500},
               {10s, kWarning, kIdle, 500},
               {20s, kWarning, kIdle, 250},
               {30s, kWarning, kIdle, 125},
               {30s, kWarning, kIdle, 62},
               {30s, kWarning, kIdle, 62}}},
        Story{"critical_goes_to_the_floor_at_once", 1000, {{1min, kCritical, kIdle, 62}}},
        Story{"warning_that_becomes_critical_does_not_wait",
              1000,
              {{1min, kWarning, kIdle, 500}, {1s, kCritical, kIdle, 62}}},
        Story{"it_does_not_grow_before_five_calm_minutes",
              1000,
              {{1min, kWarning, kIdle, 500},
               {10s, kNormal, kStarved, 500},
               {4min, kNormal, kStarved, 500},
               {61s, kNormal, kStarved, 625}}},
        Story{"then_a_quarter_more_each_minute_up_to_the_maximum",
              1000,
              {{1min, kWarning, kIdle, 500},
               {1s, kNormal, kIdle, 500},
               {5min, kNormal, kStarved, 625},
               {30s, kNormal, kStarved, 625},
               {31s, kNormal, kStarved, 781},
               {1min, kNormal, kStarved, 976},
               {1min, kNormal, kStarved, 1000},
               {1min, kNormal, kStarved, 1000}}},
        Story{"what_answers_well_does_not_grow",
              1000,
              {{1min, kWarning, kIdle, 500},
               {1s, kNormal, kIdle, 500},
               {1h, kNormal, kContent, 500},
               {1h, kNormal, kContent, 500}}},
        Story{
            "what_has_room_does_not_grow",
            1000,
            {{1min, kWarning, kIdle, 500}, {1s, kNormal, kIdle, 500}, {1h, kNormal, kRoomy, 500}}},
        Story{"too_few_questions_say_nothing_until_there_are_more",
              1000,
              {{1min, kWarning, kIdle, 500},
               {1s, kNormal, kIdle, 500},
               {1h, kNormal, kFewQuestions, 500},
               {1min, kNormal, kFewQuestions, 625}}},
        Story{"pressure_in_between_starts_the_calm_anew",
              1000,
              {{1min, kWarning, kIdle, 500},
               {1s, kNormal, kIdle, 500},
               {4min, kNormal, kStarved, 500},
               {1s, kWarning, kIdle, 250},
               {1s, kNormal, kIdle, 250},
               {4min, kNormal, kStarved, 250},
               {1min, kNormal, kStarved, 312}}},
        Story{"what_was_counted_under_pressure_is_no_reason_to_grow",
              1000,
              {{1min, kWarning, kStarved, 500},
               {1s, kNormal, kIdle, 500},
               {1h, kNormal, kIdle, 500}}},
        Story{"a_small_cache_has_a_small_floor", 10, {{1min, kCritical, kIdle, 10}}},
        Story{"none_stays_none", 0, {{1min, kCritical, kIdle, 0}, {1h, kNormal, kStarved, 0}}}),
    [](const auto& story) { return std::string(story.param.name); });

TEST(CacheSizer, ASmallerMaximumHoldsAtOnce) {
  CacheSizer sizer(1000);
  EXPECT_EQ(sizer.set_maximum(100), 100u);
  EXPECT_EQ(sizer.set_maximum(1000), 1000u) << "it was as large as it might be";
}

TEST(CacheSizer, ALargerMaximumIsGrownIntoAfterPressure) {
  CacheSizer sizer(1000);
  sizer.step(kWarning, {}, base::SteadyTime(1h));
  EXPECT_EQ(sizer.set_maximum(4000), 500u);
  EXPECT_EQ(sizer.set_maximum(400), 400u);
  EXPECT_EQ(sizer.set_maximum(32'000), 32'000u);
}

// Whatever happens: within the bounds, and no growing while memory is short.
TEST(CacheSizer, KeepsItsBoundsInAnyWeather) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    CacheSizer sizer(random() % 5000);
    base::SteadyTime now{1h};
    CacheSizer::Counts counts;
    std::size_t before = sizer.capacity();
    for (int look = 0; look < 200; ++look) {
      now += std::chrono::seconds(random() % 200);
      counts.hits += random() % 20;
      counts.misses += random() % 100;
      counts.evictions += random() % 20;
      if (random() % 20 == 0) before = sizer.set_maximum(random() % 5000);
      const auto level = static_cast<PressureLevel>(random() % 10 < 7 ? 0 : random() % 3);
      const std::size_t capacity = sizer.step(level, counts, now);
      ASSERT_LE(capacity, sizer.maximum());
      ASSERT_GE(capacity, sizer.floor());
      if (level != kNormal) {
        ASSERT_LE(capacity, before);
      }
      ASSERT_LE(capacity, before + std::max<std::size_t>(1, before / 4));
      before = capacity;
    }
  }
}

}  // namespace
}  // namespace lull::cache
