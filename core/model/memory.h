// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>

#include "core/base/clock.h"

namespace lull::model {

// Compressed swap in RAM (zram), from /sys/block/zram*/mm_stat.
struct ZramState {
  std::uint64_t original_bytes = 0;    // what was swapped out
  std::uint64_t compressed_bytes = 0;  // what it takes in RAM, metadata included
};

// One stamped reading. Bytes. used = total − available.
struct MemorySample {
  base::SteadyTime taken_at{};
  std::uint64_t total_bytes = 0;      // the machine's, or the cgroup limit if that is lower
  std::uint64_t available_bytes = 0;  // the kernel's estimate; ZFS ARC above its minimum added
  std::uint64_t free_bytes = 0;
  // Page cache + reclaimable slab − shared memory, + ZFS ARC above its minimum.
  std::uint64_t cached_bytes = 0;
  std::uint64_t swap_total_bytes = 0;
  std::uint64_t swap_used_bytes = 0;
  std::optional<std::uint64_t> zfs_arc_bytes;
  std::optional<ZramState> zram;
  bool available_is_estimated =
      false;  // kernel without MemAvailable: free + cache − watermark guess
  bool limited_by_cgroup = false;

  std::uint64_t used_bytes() const {
    return available_bytes < total_bytes ? total_bytes - available_bytes : 0;
  }
};

}  // namespace lull::model
