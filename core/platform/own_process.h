// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>

#include "core/base/result.h"

// Our own process: what it costs and how it gives memory back.
namespace lull::platform {

struct OwnCost {
  std::uint64_t resident_bytes = 0;
  std::optional<std::uint64_t> pss_bytes;  // smaps_rollup; nullopt where there is none
  std::optional<std::uint64_t> uss_bytes;
  std::optional<std::uint64_t> swapped_bytes;  // so that memory swapped out is not taken for freed
  double cpu_seconds = 0;                      // user + system
};
base::Result<OwnCost> own_cost();

// Returns free heap pages to the system (glibc malloc_trim; macOS malloc_zone_pressure_relief).
void trim_heap();

// Lowers the calling thread for good: SCHED_IDLE (else nice 19) and the idle I/O class
// (macOS: QOS_CLASS_BACKGROUND, IOPOL_THROTTLE). Best effort.
void enter_background_priority();

}  // namespace lull::platform
