// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <mach/mach.h>
#include <mach/mach_host.h>
#include <mach/processor_info.h>
#include <stdlib.h>

#include "core/platform/cpu_probe.h"
#include "core/platform/mac_ticks.h"

namespace lull::platform {
namespace {

static_assert(CPU_STATE_MAX == MacCpuTicks{}.size() && CPU_STATE_IDLE == kMacIdle);

class MacCpuProbe final : public CpuProbe {
 public:
  MacCpuProbe() : host_(::mach_host_self()) {}
  ~MacCpuProbe() override { ::mach_port_deallocate(mach_task_self(), host_); }
  MacCpuProbe(const MacCpuProbe&) = delete;
  MacCpuProbe& operator=(const MacCpuProbe&) = delete;

  base::Result<Reading> read() override {
    natural_t processors = 0;
    processor_info_array_t info = nullptr;
    mach_msg_type_number_t count = 0;
    const kern_return_t answer =
        ::host_processor_info(host_, PROCESSOR_CPU_LOAD_INFO, &processors, &info, &count);
    if (answer != KERN_SUCCESS)
      return base::fail(base::ErrorCode::kUnavailable,
                        "host_processor_info answers " + std::to_string(answer));
    const auto* loads = reinterpret_cast<const processor_cpu_load_info_data_t*>(info);
    std::vector<MacCpuTicks> ticks(processors);
    for (natural_t i = 0; i < processors; ++i)
      std::copy_n(loads[i].cpu_ticks, ticks[i].size(), ticks[i].begin());
    // The kernel maps the answer into our memory.
    ::vm_deallocate(mach_task_self(), reinterpret_cast<vm_address_t>(info), count * sizeof(*info));
    double load = 0;
    if (::getloadavg(&load, 1) != 1) load = 0;
    return Reading{cpu_times_of(ticks), processors, load};
  }

 private:
  const mach_port_t host_;
};

}  // namespace

std::unique_ptr<CpuProbe> make_cpu_probe(const SystemRoots&) {
  return std::make_unique<MacCpuProbe>();
}

}  // namespace lull::platform
