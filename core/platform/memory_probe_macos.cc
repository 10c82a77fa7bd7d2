// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>

#include <mach/mach.h>
#include <mach/mach_host.h>
#include <sys/sysctl.h>

#include "core/platform/mac_memory.h"
#include "core/platform/memory_probe.h"

namespace lull::platform {
namespace {

class MacMemoryProbe final : public MemoryProbe {
 public:
  explicit MacMemoryProbe(const base::Clock& clock) : clock_(clock), host_(::mach_host_self()) {}
  ~MacMemoryProbe() override { ::mach_port_deallocate(mach_task_self(), host_); }
  MacMemoryProbe(const MacMemoryProbe&) = delete;
  MacMemoryProbe& operator=(const MacMemoryProbe&) = delete;

  base::Result<model::MemorySample> sample() override {
    LULL_TRY(learn_machine());
    // Stamped first: whoever asks whether a sample is from after an act must not be told yes early.
    const base::SteadyTime now = clock_.now();
    vm_statistics64_data_t raw{};
    mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
    const kern_return_t answer =
        ::host_statistics64(host_, HOST_VM_INFO64, reinterpret_cast<host_info64_t>(&raw), &count);
    if (answer != KERN_SUCCESS)
      return base::fail(base::ErrorCode::kUnavailable,
                        "host_statistics64 answers " + std::to_string(answer));
    model::MemorySample sample = sample_of(counters_of(raw), swap());
    sample.taken_at = now;
    return sample;
  }

 private:
  // What stays the same while the machine runs.
  base::Status learn_machine() {
    if (total_bytes_ != 0) return {};
    vm_size_t page = 0;
    if (::host_page_size(host_, &page) != KERN_SUCCESS)
      return base::fail(base::ErrorCode::kUnavailable, "the size of a page cannot be read");
    std::uint64_t total = 0;
    std::size_t size = sizeof total;
    if (::sysctlbyname("hw.memsize", &total, &size, nullptr, 0) != 0)
      return base::fail_errno(errno, "hw.memsize", "reading memory");
    page_bytes_ = page;
    total_bytes_ = total;
    return {};
  }

  MacVmCounters counters_of(const vm_statistics64_data_t& raw) const {
    MacVmCounters counters;
    counters.page_bytes = page_bytes_;
    counters.total_bytes = total_bytes_;
    counters.free = raw.free_count;
    counters.speculative = raw.speculative_count;
    counters.wired = raw.wire_count;
    counters.anonymous = raw.internal_page_count;
    counters.file_backed = raw.external_page_count;
    counters.purgeable = raw.purgeable_count;
    counters.compressor = raw.compressor_page_count;
    return counters;
  }

  // A machine that does not swap says 0.
  static MacSwapUsage swap() {
    xsw_usage usage{};
    std::size_t size = sizeof usage;
    if (::sysctlbyname("vm.swapusage", &usage, &size, nullptr, 0) != 0) return {};
    return {usage.xsu_total, usage.xsu_used};
  }

  const base::Clock& clock_;
  const mach_port_t host_;
  std::uint64_t page_bytes_ = 0, total_bytes_ = 0;
};

}  // namespace

std::unique_ptr<MemoryProbe> make_memory_probe(const SystemRoots&, const base::Clock& clock) {
  return std::make_unique<MacMemoryProbe>(clock);
}

}  // namespace lull::platform
