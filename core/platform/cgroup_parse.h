// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

// Pure readers of what says how much memory a cgroup may use. Safe on any bytes.
namespace lull::platform {

enum class CgroupVersion : std::uint8_t { kV1, kV2 };

// Where the limits of a process are: the directory of its own cgroup as this mount namespace sees
// it, and its parents up to the mount point, own first.
struct CgroupPlace {
  CgroupVersion version = CgroupVersion::kV2;
  std::vector<std::string> directories;
};
// From /proc/PID/cgroup and /proc/PID/mountinfo. nullopt if the memory controller is nowhere, or
// if the process is not within what is mounted (a namespace hides it).
std::optional<CgroupPlace> find_memory_cgroup(std::string_view cgroup, std::string_view mountinfo);

// memory.max or memory.limit_in_bytes; nullopt: unlimited ("max", or a number no machine has). Not
// a number: kMalformed naming `file`.
base::Result<std::optional<std::uint64_t>> parse_cgroup_limit(std::string_view text,
                                                              std::string_view file);

// memory.stat, bytes, descendants included (v1: the total_ values). Missing values are 0.
struct CgroupMemoryStat {
  std::uint64_t inactive_file = 0;
  std::uint64_t file = 0;  // page cache, shared memory included
  std::uint64_t shared = 0;
  std::uint64_t reclaimable_slab = 0;               // v2 only
  std::optional<std::uint64_t> hierarchical_limit;  // v1 only: the least of all parents, hidden too
};
CgroupMemoryStat parse_cgroup_memory_stat(std::string_view text, CgroupVersion version);

}  // namespace lull::platform
