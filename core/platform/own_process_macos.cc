// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <string>

#include <mach-o/dyld.h>
#include <mach/mach.h>
#include <malloc/malloc.h>

#include "core/platform/own_cpu_time.h"
#include "core/platform/own_process.h"

namespace lull::platform {

// There is no proportional size: the footprint, which is what Activity Monitor shows and the kernel
// limits, counts what is ours alone, compressed pages too.
base::Result<OwnCost> own_cost() {
  task_vm_info_data_t info{};
  mach_msg_type_number_t count = TASK_VM_INFO_COUNT;
  const kern_return_t answer =
      ::task_info(mach_task_self(), TASK_VM_INFO, reinterpret_cast<task_info_t>(&info), &count);
  if (answer != KERN_SUCCESS)
    return base::fail(base::ErrorCode::kUnavailable, "task_info answers " + std::to_string(answer));
  OwnCost cost;
  cost.resident_bytes = info.resident_size;
  cost.anonymous_bytes = info.phys_footprint;
  cost.swapped_bytes = info.compressed;
  cost.cpu_seconds = base::to_seconds(own_cpu_time().value_or(base::Duration::zero()));
  return cost;
}

base::Result<std::string> own_executable() {
  std::uint32_t size = 0;
  ::_NSGetExecutablePath(nullptr, &size);
  std::string path(size, '\0');
  if (::_NSGetExecutablePath(path.data(), &size) != 0)
    return base::fail(base::ErrorCode::kUnavailable, "the loader does not say what we run");
  char* const real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr)
    return base::fail(base::ErrorCode::kUnavailable, "the program is not where it was started",
                      path.c_str());
  std::string result(real);
  std::free(real);
  return result;
}

void trim_heap() { ::malloc_zone_pressure_relief(nullptr, 0); }

void share_heaps() {}  // its zones are by core

// The kernel drops pages of program text by itself, and counts them as cached.
void release_program_pages() {}

}  // namespace lull::platform
