// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/clock.h"

namespace lull::model {

enum class PressureLevel : std::uint8_t { kNormal, kWarning, kCritical };
constexpr std::string_view pressure_level_name(PressureLevel level) {
  switch (level) {
    case PressureLevel::kNormal:
      return "normal";
    case PressureLevel::kWarning:
      return "warning";
    case PressureLevel::kCritical:
      return "critical";
  }
  return "normal";
}

// Pressure stall information of one resource (Documentation/accounting/psi.rst). Percent of wall
// time in 0..100 in which some, or all, tasks were stalled; totals in microseconds since boot.
struct PressureReading {
  base::SteadyTime taken_at{};
  double some_avg10 = 0, some_avg60 = 0, some_avg300 = 0;
  double full_avg10 = 0, full_avg60 = 0, full_avg300 = 0;
  std::uint64_t some_total_us = 0, full_total_us = 0;
  // Where there are no stalls to judge by; all of the above is 0 then.
  std::optional<PressureLevel> told;
  bool by_available = false;  // told by what memory is available; else by the system itself (macOS)
};

// Percent of the last ten seconds; nullopt where the system tells no stalls.
inline std::optional<double> some_avg10(const PressureReading& reading) {
  return reading.told ? std::nullopt : std::optional(reading.some_avg10);
}

// What a level goes by.
constexpr std::string_view pressure_basis_name(const PressureReading& reading) {
  if (!reading.told) return "stalls";
  return reading.by_available ? "available_memory" : "system";
}

// What is shown: the judged level (with hysteresis, see relief::PressureTracker) and the reading.
struct Pressure {
  PressureLevel level = PressureLevel::kNormal;
  PressureReading reading;
};

}  // namespace lull::model
