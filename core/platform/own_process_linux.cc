// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/platform/kernel_file_linux.h"
#include "core/platform/memory_parse.h"
#include "core/platform/own_cpu_time.h"
#include "core/platform/own_process.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

// Kernels before 4.14, or without CONFIG_PROC_PAGE_MONITOR: the second number of statm, in pages.
base::Result<std::uint64_t> resident_from_statm() {
  const std::string path = "/proc/self/statm";
  const auto text = read_kernel_file(path);
  if (!text) return tl::unexpected(text.error());
  std::string_view rest = *text;
  std::uint64_t size = 0, resident = 0;
  if (!take_number(rest, size) || !take_number(rest, resident))
    return base::fail(base::ErrorCode::kMalformed, "is not a list of sizes", path);
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Only segments that are never writable: what the dynamic linker has written to (relocations,
// RELRO) exists nowhere else.
int release_read_only_segments(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t from = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const std::uintptr_t to = object->dlpi_addr + segment.p_vaddr + segment.p_filesz;
    void* const start = reinterpret_cast<void*>(from);
    // From now on a fault maps the page it needs and not its fifteen neighbours.
    ::madvise(start, to - from, MADV_RANDOM);
    ::madvise(start, to - from, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

base::Result<OwnCost> own_cost() {
  OwnCost cost;
  cost.cpu_seconds = base::to_seconds(own_cpu_time().value_or(base::Duration::zero()));
  const std::string path = "/proc/self/smaps_rollup";
  if (const auto text = read_kernel_file(path)) {
    const auto rollup = parse_smaps_rollup(*text, path);
    if (!rollup) return tl::unexpected(rollup.error());
    cost.resident_bytes = rollup->resident;
    cost.pss_bytes = rollup->proportional;
    cost.anonymous_bytes = rollup->anonymous;
    cost.swapped_bytes = rollup->swapped;
    return cost;
  }
  const auto resident = resident_from_statm();
  if (!resident) return tl::unexpected(resident.error());
  cost.resident_bytes = *resident;
  return cost;
}

base::Result<std::string> own_executable() {
  std::string path(4096, '\0');
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return base::fail(base::ErrorCode::kUnavailable, "no /proc/self/exe");
  path.resize(static_cast<std::size_t>(length));
  return path;
}

void share_heaps() {
  const int cores = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  ::mallopt(M_ARENA_MAX, std::clamp(cores / 4, 2, 8));
}

void trim_heap() { ::malloc_trim(0); }

void release_program_pages() { ::dl_iterate_phdr(release_read_only_segments, nullptr); }

}  // namespace lull::platform
