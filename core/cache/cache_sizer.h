// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>

#include "core/base/clock.h"
#include "core/model/pressure.h"

namespace lull::cache {

// How many entries a cache may have: what the settings say while memory is plenty, less while the
// machine is short of it. Pure state, no clock, no cache: whoever owns the cache asks when it is
// used (so that this costs no wake-up) and resizes it.
//
//  - critical pressure: the floor, at once.
//  - warning: half, at once, and half again every kShrinkEvery that it lasts.
//  - calm for kCalm and then every kGrowEvery: a quarter more, but only if the cache is too small
//    for what it is asked: since the last look (of at least kFewestQuestions questions) something
//    was evicted, and at most kGoodHitRate of the questions were answered. A cache that answers
//    well, or has room, stays as it is.
//  - never above the maximum, which is the setting, and never below the floor, a sixteenth of it
//    (at least 16 entries, or the maximum if that is less).
class CacheSizer {
 public:
  static constexpr auto kShrinkEvery = std::chrono::seconds(30);
  static constexpr auto kCalm = std::chrono::minutes(5);
  static constexpr auto kGrowEvery = std::chrono::minutes(1);
  static constexpr double kGoodHitRate = 0.8;  // the seed's goal for repeated operations
  static constexpr std::uint64_t kFewestQuestions = 10;

  // What the cache has counted since it was made.
  struct Counts {
    std::uint64_t hits = 0, misses = 0, evictions = 0;
  };

  explicit CacheSizer(std::size_t maximum) : maximum_(maximum), capacity_(maximum) {}

  // The capacity from now on.
  std::size_t step(model::PressureLevel level, const Counts& counts, base::SteadyTime now);
  // The setting has changed: a smaller maximum holds at once; a larger one is grown into, unless
  // the cache was as large as it might be.
  std::size_t set_maximum(std::size_t maximum);

  std::size_t capacity() const { return capacity_; }
  std::size_t maximum() const { return maximum_; }
  std::size_t floor() const;

 private:
  void shrink(model::PressureLevel level, base::SteadyTime now);
  bool asked_since(const Counts& counts) const;
  bool is_too_small(const Counts& counts) const;

  std::size_t maximum_;
  std::size_t capacity_;
  model::PressureLevel level_ = model::PressureLevel::kNormal;
  base::SteadyTime looked_{};  // the last shrinking, or look at the hit rate
  Counts seen_;                // what was counted by then
};

}  // namespace lull::cache
