// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/cache/cache_sizer.h"
#include "core/model/pressure.h"

namespace lull::agent {

// What one cache has counted, for metrics and for its size.
struct CacheCounts {
  std::string_view cache;  // "directory_sizes"
  std::uint64_t hits = 0, misses = 0, evictions = 0;
  std::size_t entries = 0, bytes = 0;
  std::size_t capacity = 0;
};

// Gives each cache the size that its cache::CacheSizer finds right. Whoever uses caches says
// look(); no timer does. Engine thread.
class CacheTuner {
 public:
  struct Cache {
    std::string name;
    std::function<CacheCounts()> counts;   // without name and capacity
    std::function<std::size_t()> maximum;  // the setting, as it is now
    std::function<void(std::size_t)> resize;
  };
  CacheTuner(const base::Clock& clock, std::function<model::PressureLevel()> pressure)
      : clock_(clock), pressure_(std::move(pressure)) {}

  void add(Cache cache);
  // After caches were used, and when the pressure has changed.
  void look();
  void apply_settings();  // after the settings have changed
  std::vector<CacheCounts> counts() const;

 private:
  struct Tuned {
    Cache cache;
    cache::CacheSizer sizer;
  };
  const base::Clock& clock_;
  const std::function<model::PressureLevel()> pressure_;
  std::vector<Tuned> caches_;
};

}  // namespace lull::agent
