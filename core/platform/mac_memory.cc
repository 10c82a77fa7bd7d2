// SPDX-License-Identifier: MIT
#include "core/platform/mac_memory.h"

#include <algorithm>

namespace lull::platform {
namespace {

std::uint64_t less(std::uint64_t whole, std::uint64_t part) {
  return whole > part ? whole - part : 0;
}

}  // namespace

model::MemorySample sample_of(const MacVmCounters& counters, const MacSwapUsage& swap) {
  const auto bytes = [&](std::uint64_t pages) {
    return std::min(pages * counters.page_bytes, counters.total_bytes);
  };
  const std::uint64_t apps = less(counters.anonymous, counters.purgeable);
  model::MemorySample sample;
  sample.total_bytes = counters.total_bytes;
  sample.available_bytes =
      less(counters.total_bytes, bytes(apps + counters.wired + counters.compressor));
  sample.free_bytes = bytes(less(counters.free, counters.speculative));
  sample.cached_bytes = bytes(counters.file_backed + counters.purgeable);
  sample.swap_total_bytes = swap.total;
  sample.swap_used_bytes = std::min(swap.used, swap.total);
  return sample;
}

}  // namespace lull::platform
