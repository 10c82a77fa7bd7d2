// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/model/system.h"

// What macOS counts of time, as ours. Pure.
namespace lull::platform {

// One processor's ticks by state, in the kernel's order (mach/machine.h): user, system, idle, nice.
// 32 bits wide: at 100 ticks a second they begin anew after 497 days.
using MacCpuTicks = std::array<std::uint32_t, 4>;
inline constexpr std::size_t kMacIdle = 2;

// All processors together; everything but idle is busy.
inline model::CpuTimes cpu_times_of(std::span<const MacCpuTicks> processors) {
  model::CpuTimes times;
  for (const MacCpuTicks& ticks : processors) {
    for (std::size_t state = 0; state < ticks.size(); ++state) {
      times.total_ticks += ticks[state];
      if (state != kMacIdle) times.busy_ticks += ticks[state];
    }
  }
  return times;
}

// Units of mach_absolute_time() in nanoseconds (mach_timebase_info: 1/1 on Intel, 125/3 on Apple
// silicon). Exact for as long as the result fits, that is centuries; a denominator of 0 counts
// as 1.
constexpr std::uint64_t ns_of_mach_time(std::uint64_t units, std::uint32_t numer,
                                        std::uint32_t denom) {
  const std::uint64_t by = denom == 0 ? 1 : denom;
  return units / by * numer + units % by * numer / by;
}

}  // namespace lull::platform
