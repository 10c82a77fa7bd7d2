// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/memory.h"
#include "core/platform/cgroup_parse.h"
#include "core/platform/kernel_file_linux.h"
#include "core/platform/roots.h"

namespace lull::platform {

// The memory limits of our own cgroup and its parents. Finding them costs some dozens of system
// calls; what was found is kept open, and costs nothing where there is no limit. One thread at a
// time.
class MemoryLimits {
 public:
  // Looks anew for every limit below `machine_bytes`. What cannot be read is no limit.
  void discover(const SystemRoots& roots, std::uint64_t machine_bytes);
  bool any() const { return !levels_.empty(); }
  // Lowers the machine's figures to what the limits leave. False if a limit is gone (the cgroup was
  // removed, or we were moved): discover() again.
  bool apply(model::MemorySample& sample);

 private:
  struct Level {
    KeptFile limit, usage, stat;
    bool own;  // ours, not a parent's
  };
  struct Figures {
    std::uint64_t limit = 0;
    std::uint64_t usage = 0;
    CgroupMemoryStat stat;
  };
  void add_level(const std::string& directory, bool own, std::uint64_t machine_bytes);
  base::Result<Figures> read(const Level& level);

  CgroupVersion version_ = CgroupVersion::kV2;
  std::vector<char> buffer_;   // for memory.stat; empty without a limit
  std::vector<Level> levels_;  // only those with a limit, own first
};

}  // namespace lull::platform
