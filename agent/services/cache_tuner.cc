// SPDX-License-Identifier: MIT
#include "agent/services/cache_tuner.h"

#include <utility>

namespace lull::agent {

void CacheTuner::add(Cache cache) {
  const std::size_t maximum = cache.maximum();
  cache.resize(maximum);
  caches_.push_back({std::move(cache), cache::CacheSizer(maximum)});
}

void CacheTuner::look() {
  const model::PressureLevel level = pressure_();
  for (Tuned& tuned : caches_) {
    const CacheCounts counts = tuned.cache.counts();
    const std::size_t before = tuned.sizer.capacity();
    const std::size_t after =
        tuned.sizer.step(level, {counts.hits, counts.misses, counts.evictions}, clock_.now());
    if (after != before) tuned.cache.resize(after);
  }
}

void CacheTuner::apply_settings() {
  for (Tuned& tuned : caches_) tuned.cache.resize(tuned.sizer.set_maximum(tuned.cache.maximum()));
}

std::vector<CacheCounts> CacheTuner::counts() const {
  std::vector<CacheCounts> all;
  for (const Tuned& tuned : caches_) {
    all.push_back(tuned.cache.counts());
    all.back().cache = tuned.cache.name;
    all.back().capacity = tuned.sizer.capacity();
  }
  return all;
}

}  // namespace lull::agent
