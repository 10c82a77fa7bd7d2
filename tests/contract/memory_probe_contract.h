// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "core/platform/memory_probe.h"

// What every MemoryProbe promises. Include once, then instantiate with a name and a factory.
namespace lull::contract {

struct MemoryProbeCase {
  std::string name;
  const base::Clock* clock;  // the one the probe stamps with
  std::function<std::unique_ptr<platform::MemoryProbe>()> make;
};

class MemoryProbeContract : public testing::TestWithParam<MemoryProbeCase> {
 protected:
  std::unique_ptr<platform::MemoryProbe> probe_ = GetParam().make();
};

TEST_P(MemoryProbeContract, PartsAreNotMoreThanTheWhole) {
  const auto sample = probe_->sample();
  ASSERT_TRUE(sample) << sample.error().to_string();
  EXPECT_GT(sample->total_bytes, 0u);
  EXPECT_LE(sample->available_bytes, sample->total_bytes);
  EXPECT_LE(sample->free_bytes, sample->total_bytes);
  EXPECT_LE(sample->swap_used_bytes, sample->swap_total_bytes);
  EXPECT_EQ(sample->used_bytes() + sample->available_bytes, sample->total_bytes);
}

TEST_P(MemoryProbeContract, SamplesAreStampedWhenTheyAreTakenAndNeverGoBack) {
  auto last = GetParam().clock->now();
  for (int i = 0; i < 3; ++i) {
    const auto sample = probe_->sample();
    ASSERT_TRUE(sample);
    EXPECT_GE(sample->taken_at, last);
    EXPECT_LE(sample->taken_at, GetParam().clock->now());
    last = sample->taken_at;
  }
}

}  // namespace lull::contract
