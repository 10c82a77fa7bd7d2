// SPDX-License-Identifier: MIT
#include <string>

#include <linux/ioprio.h>
#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/platform/kernel_file_linux.h"
#include "core/platform/memory_parse.h"
#include "core/platform/own_process.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double own_cpu_seconds() {
  struct ::rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

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

}  // namespace

base::Result<OwnCost> own_cost() {
  OwnCost cost;
  cost.cpu_seconds = own_cpu_seconds();
  const std::string path = "/proc/self/smaps_rollup";
  if (const auto text = read_kernel_file(path)) {
    const auto rollup = parse_smaps_rollup(*text, path);
    if (!rollup) return tl::unexpected(rollup.error());
    cost.resident_bytes = rollup->resident;
    cost.pss_bytes = rollup->proportional;
    cost.uss_bytes = rollup->unique;
    cost.swapped_bytes = rollup->swapped;
    return cost;
  }
  const auto resident = resident_from_statm();
  if (!resident) return tl::unexpected(resident.error());
  cost.resident_bytes = *resident;
  return cost;
}

void trim_heap() { ::malloc_trim(0); }

void enter_background_priority() {
  const sched_param none{};
  if (::sched_setscheduler(0, SCHED_IDLE, &none) != 0) ::setpriority(PRIO_PROCESS, 0, 19);
  // Thread 0 is the calling one.
  ::syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
}

}  // namespace lull::platform
