// SPDX-License-Identifier: MIT
#include "core/cache/cache_sizer.h"

#include <algorithm>

namespace lull::cache {
namespace {

constexpr std::size_t kFloorShare = 16;
constexpr std::size_t kFewest = 16;

}  // namespace

std::size_t CacheSizer::floor() const {
  return std::min(maximum_, std::max(kFewest, maximum_ / kFloorShare));
}

std::size_t CacheSizer::step(model::PressureLevel level, const Counts& counts,
                             base::SteadyTime now) {
  const model::PressureLevel before = level_;
  level_ = level;
  if (level != model::PressureLevel::kNormal) {
    if (level > before || now - looked_ >= kShrinkEvery) shrink(level, now);
    seen_ = counts;
    return capacity_;
  }
  if (before != model::PressureLevel::kNormal) looked_ = now + (kCalm - kGrowEvery);
  if (capacity_ < maximum_ && now - looked_ >= kGrowEvery && asked_since(counts)) {
    if (is_too_small(counts))
      capacity_ = std::min(maximum_, capacity_ + std::max<std::size_t>(1, capacity_ / 4));
    looked_ = now;
    seen_ = counts;
  }
  return capacity_;
}

void CacheSizer::shrink(model::PressureLevel level, base::SteadyTime now) {
  capacity_ = level == model::PressureLevel::kCritical ? floor() : std::max(floor(), capacity_ / 2);
  looked_ = now;
}

bool CacheSizer::asked_since(const Counts& counts) const {
  return counts.hits + counts.misses - seen_.hits - seen_.misses >= kFewestQuestions;
}

bool CacheSizer::is_too_small(const Counts& counts) const {
  const std::uint64_t hits = counts.hits - seen_.hits;
  const std::uint64_t asked = hits + counts.misses - seen_.misses;
  return counts.evictions > seen_.evictions &&
         static_cast<double>(hits) <= kGoodHitRate * static_cast<double>(asked);
}

std::size_t CacheSizer::set_maximum(std::size_t maximum) {
  const bool was_full_size = capacity_ >= maximum_;
  maximum_ = maximum;
  capacity_ = was_full_size ? maximum : std::clamp(capacity_, floor(), maximum);
  return capacity_;
}

}  // namespace lull::cache
