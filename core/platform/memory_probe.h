// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/memory.h"
#include "core/platform/roots.h"

namespace lull::platform {

// Reads the machine's memory. One owner, one thread at a time; never blocks on anything but the
// kernel's own file systems.
// Linux: /proc/meminfo by pread on a kept fd, ZFS from spl/kstat/zfs/arcstats, zram from sys/block,
// limits from the process's own cgroup (v1 and v2) and all its ancestors. Whether there is any of
// these is looked up on the first sample and then at most once a minute, within a sample (some 0.15
// ms; zram also when the size of the swap changes); what is there is read each time.
// macOS: host_statistics64(HOST_VM_INFO64) and vm.swapusage.
class MemoryProbe {
 public:
  virtual ~MemoryProbe() = default;
  virtual base::Result<model::MemorySample> sample() = 0;
};

std::unique_ptr<MemoryProbe> make_memory_probe(const SystemRoots& roots,
                                               const base::Clock& clock = base::system_clock());

}  // namespace lull::platform
