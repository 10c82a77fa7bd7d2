// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include "core/model/memory.h"

// What macOS counts of its memory, and what that means. Pure; the same on every system, so that it
// is tested where nothing of it can be read.
namespace lull::platform {

// vm_statistics64 (mach/vm_statistics.h), in pages of `page_bytes`. The kernel does not read them
// at one moment: sums may be off by some pages.
struct MacVmCounters {
  std::uint64_t page_bytes = 0;
  std::uint64_t total_bytes = 0;  // hw.memsize
  std::uint64_t free = 0;         // free_count: speculative pages are among them
  std::uint64_t speculative = 0;  // read ahead from files, not yet used
  std::uint64_t wired = 0;
  std::uint64_t anonymous = 0;    // internal_page_count
  std::uint64_t file_backed = 0;  // external_page_count: speculative pages are among them
  std::uint64_t purgeable = 0;    // anonymous, and its owner can do without
  std::uint64_t compressor = 0;   // compressor_page_count: what the compressed pages take
};

// vm.swapusage, bytes. The total grows and shrinks with need.
struct MacSwapUsage {
  std::uint64_t total = 0;
  std::uint64_t used = 0;
};

// A sample without its time. Used is what Activity Monitor calls so: app memory (anonymous without
// purgeable), wired and compressed; available is the rest of the machine, cached files and
// purgeable memory included. Sums that make no sense end at the machine's size.
model::MemorySample sample_of(const MacVmCounters& counters, const MacSwapUsage& swap);

}  // namespace lull::platform
