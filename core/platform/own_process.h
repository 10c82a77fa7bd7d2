// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"

// Our own process: what it costs and how it gives memory back.
namespace lull::platform {

struct OwnCost {
  std::uint64_t resident_bytes = 0;
  std::optional<std::uint64_t> pss_bytes;  // smaps_rollup; nullopt where there is none
  // Heap, stacks and the like. Not the private pages of files: how many those are depends on who
  // else maps the same file, so they come and go with other processes.
  std::optional<std::uint64_t> anonymous_bytes;
  std::optional<std::uint64_t> swapped_bytes;  // so that memory swapped out is not taken for freed
  double cpu_seconds = 0;                      // user + system
};
base::Result<OwnCost> own_cost();

// Returns free heap pages to the system (glibc malloc_trim; macOS malloc_zone_pressure_relief).
void trim_heap();

// Has all threads share a few heaps: one for four cores, but at least two and at most eight. glibc
// would make one for each thread, up to eight for each core, at 64 MiB of addresses each (128 while
// it is made), and keep what is left in every one of them: a quarter of an idle agent. Walks are no
// slower for it, as they hardly allocate. Once, before the first thread is started; Linux:
// mallopt(M_ARENA_MAX); elsewhere the heap is not by thread, and nothing is done.
void share_heaps();

// Unmaps the pages of program text and constants that were needed until now, ours and our
// libraries'; they stay in the page cache, and what is needed again comes back at a minor fault
// each. After start-up and after work most of them are not. Any thread; a millisecond. Linux:
// madvise(MADV_DONTNEED) on segments that are never written; elsewhere nothing.
void release_program_pages();

// The file that this process runs, as an absolute path. kUnavailable where that cannot be known.
base::Result<std::string> own_executable();

}  // namespace lull::platform
