// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"

// Small readings of the machine other than memory and processes. Unknown is nullopt, never 0.
namespace lull::model {

// Cumulative CPU time of the machine in clock ticks since boot, all cores together.
struct CpuTimes {
  std::uint64_t busy_ticks = 0;
  std::uint64_t total_ticks = 0;
};

struct CpuSample {
  std::optional<double>
      percent;         // busy share of all cores, 0..100, over the time since the last sample
  unsigned cores = 0;  // online
  double load_1m = 0;
};

struct DiskSpace {
  std::string mount;   // mount point, raw bytes
  std::string device;  // source as mounted
  std::string type;    // file system type
  std::uint64_t total_bytes = 0;
  std::uint64_t available_bytes = 0;  // to an unprivileged user
  std::uint64_t used_bytes = 0;       // in use; what is kept for root is in neither

  // Of what an unprivileged user can fill, as df says it; nullopt: nothing is known.
  std::optional<double> used_fraction() const {
    const double whole = static_cast<double>(used_bytes) + static_cast<double>(available_bytes);
    return whole > 0 ? std::optional(static_cast<double>(used_bytes) / whole) : std::nullopt;
  }
};

enum class PowerSource : std::uint8_t { kUnknown, kMains, kBattery };
struct PowerState {
  PowerSource source = PowerSource::kUnknown;
  std::optional<double> battery_percent;  // 0..100; nullopt without a battery
};

enum class ThermalLevel : std::uint8_t { kUnknown, kNominal, kHot, kCritical };
struct ThermalState {
  ThermalLevel level = ThermalLevel::kUnknown;
  std::optional<double> hottest_celsius;
};

// How long nobody has touched an input device. nullopt where that cannot be known.
struct UserIdle {
  std::optional<base::Duration> idle_for;
  bool asking = false;  // not known yet: an answer is under way, and will come soon
};

// Who asked that the machine not count as idle.
struct IdleInhibitors {
  std::vector<std::string> names;   // "mpv (playing)"; "asking X" while X has not said yet
  std::vector<std::string> silent;  // who would know more, and does not answer
};

constexpr std::string_view power_source_name(PowerSource source) {
  switch (source) {
    case PowerSource::kUnknown:
      return "unknown";
    case PowerSource::kMains:
      return "mains";
    case PowerSource::kBattery:
      return "battery";
  }
  return "unknown";
}
constexpr std::string_view thermal_level_name(ThermalLevel level) {
  switch (level) {
    case ThermalLevel::kUnknown:
      return "unknown";
    case ThermalLevel::kNominal:
      return "nominal";
    case ThermalLevel::kHot:
      return "hot";
    case ThermalLevel::kCritical:
      return "critical";
  }
  return "unknown";
}

}  // namespace lull::model
