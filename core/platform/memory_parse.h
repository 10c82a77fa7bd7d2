// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/memory.h"

// Pure readers of the kernel's texts about memory. `file` only names the source in errors, which
// are kMalformed. Safe on any bytes.
namespace lull::platform {

// /proc/meminfo in bytes. MemTotal and MemFree must be there; what else is missing is 0.
struct MemInfo {
  std::uint64_t total = 0;
  std::uint64_t free = 0;
  std::optional<std::uint64_t> available;  // since Linux 3.14
  std::uint64_t buffers = 0;
  std::uint64_t cached = 0;
  std::uint64_t shared = 0;
  std::uint64_t reclaimable_slab = 0;
  std::uint64_t active_file = 0;
  std::uint64_t inactive_file = 0;
  std::uint64_t swap_total = 0;
  std::uint64_t swap_free = 0;
};
base::Result<MemInfo> parse_meminfo(std::string_view text, std::string_view file);

// What the kernel would say if it had MemAvailable: the formula of si_mem_available()
// (mm/show_mem.c) with the low watermark guessed from the memory's size, as
// calculate_min_free_kbytes() (mm/page_alloc.c) sets it: 5/4 × 4 × sqrt(KiB), 128 KiB to 256 MiB.
std::uint64_t estimate_available(const MemInfo& info);

// A sample without its time, from meminfo alone.
model::MemorySample sample_of(const MemInfo& info);

// /proc/spl/kstat/zfs/arcstats, bytes.
struct ArcStats {
  std::uint64_t size = 0;
  std::uint64_t minimum = 0;  // c_min
  std::uint64_t shrinkable() const { return size > minimum ? size - minimum : 0; }
};
base::Result<ArcStats> parse_arcstats(std::string_view text, std::string_view file);
// Counts the ARC above its minimum as available and cached: it shrinks when memory is needed, but
// the kernel counts it as used.
void add_arc(model::MemorySample& sample, const ArcStats& arc);

// /sys/block/zramN/mm_stat (Documentation/admin-guide/blockdev/zram.rst): the first and third
// field.
base::Result<model::ZramState> parse_zram_mm_stat(std::string_view text, std::string_view file);
// The names ("zram0") of the zram devices that /proc/swaps lists.
std::vector<std::string> parse_zram_swaps(std::string_view text);

// /proc/PID/smaps_rollup, bytes. Rss must be there.
struct SmapsRollup {
  std::uint64_t resident = 0;
  std::uint64_t proportional = 0;
  std::uint64_t anonymous = 0;
  std::uint64_t swapped = 0;
};
base::Result<SmapsRollup> parse_smaps_rollup(std::string_view text, std::string_view file);

}  // namespace lull::platform
