// SPDX-License-Identifier: MIT
#include "agent/services/cache_tuner.h"

#include <gtest/gtest.h>

#include "core/base/lru_cache.h"
#include "tests/support/manual_clock.h"

namespace lull::agent {
namespace {

using namespace std::chrono_literals;

// A real cache under the tuner's hand.
class CacheTunerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    tuner_.add({"numbers",
                [this] {
                  CacheCounts counts;
                  counts.hits = cache_.hits();
                  counts.misses = cache_.misses();
                  counts.evictions = cache_.evictions();
                  counts.entries = cache_.size();
                  return counts;
                },
                [this] { return maximum_; },
                [this](std::size_t entries) { cache_.resize(entries); }});
  }
  // Asks for `distinct` numbers in turn, keeping each.
  void use(int distinct) {
    for (int i = 0; i < distinct; ++i)
      if (cache_.get(i) == nullptr) cache_.put(i, i);
  }

  support::ManualClock clock_;
  model::PressureLevel level_ = model::PressureLevel::kNormal;
  std::size_t maximum_ = 100;
  base::LruCache<int, int> cache_{0};
  CacheTuner tuner_{clock_, [this] { return level_; }};
};

TEST_F(CacheTunerTest, BeginsWithTheSetting) { EXPECT_EQ(cache_.capacity(), 100u); }

TEST_F(CacheTunerTest, ShrinksUnderPressureAndGrowsBackWhenItWouldHelp) {
  use(100);
  level_ = model::PressureLevel::kWarning;
  tuner_.look();
  EXPECT_EQ(cache_.size(), 50u);
  level_ = model::PressureLevel::kNormal;
  tuner_.look();
  for (int minute = 0; minute < 30; ++minute) {
    use(100);
    clock_.advance(61s);
    tuner_.look();
  }
  EXPECT_EQ(cache_.capacity(), 100u);
  EXPECT_EQ(tuner_.counts().at(0).capacity, 100u);
}

TEST_F(CacheTunerTest, DoesNotGrowBackForWhatFits) {
  level_ = model::PressureLevel::kCritical;
  tuner_.look();
  EXPECT_EQ(cache_.capacity(), 16u);
  level_ = model::PressureLevel::kNormal;
  for (int minute = 0; minute < 30; ++minute) {
    use(10);
    clock_.advance(61s);
    tuner_.look();
  }
  EXPECT_EQ(cache_.capacity(), 16u);
}

TEST_F(CacheTunerTest, ANewSettingHoldsAtOnce) {
  maximum_ = 10;
  tuner_.apply_settings();
  EXPECT_EQ(cache_.capacity(), 10u);
  maximum_ = 1000;
  tuner_.apply_settings();
  EXPECT_EQ(cache_.capacity(), 1000u);
}

TEST_F(CacheTunerTest, CountsNameTheirCache) {
  use(3);
  const auto counts = tuner_.counts();
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].cache, "numbers");
  EXPECT_EQ(counts[0].misses, 3u);
  EXPECT_EQ(counts[0].capacity, 100u);
}

}  // namespace
}  // namespace lull::agent
