// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/model/app_scope.h"
#include "core/model/history.h"
#include "core/model/job_status.h"
#include "core/model/memory.h"
#include "core/model/operation_status.h"
#include "core/model/pressure.h"
#include "core/model/process.h"
#include "core/model/system.h"

namespace lull::model {

// The agent's own cost.
struct AgentInfo {
  pid_t pid = 0;
  base::Duration uptime{};
  std::optional<std::uint64_t> pss_bytes;
  double cpu_seconds = 0;
};

struct Reclaimable {
  std::uint64_t bytes = 0;
  base::WallTime as_of{};
};

// Everything a glance needs, at one moment; immutable once published.
struct Snapshot {
  base::WallTime taken_at{};
  std::string version;
  std::optional<AgentInfo> agent;
  std::optional<MemorySample> memory;
  std::optional<Pressure> pressure;  // nullopt: the kernel has none
  std::optional<CpuSample> cpu;
  std::vector<DiskSpace> disks;
  std::vector<ProcessInfo> top;  // by memory, largest first
  // With the most memory, the largest first, as relief saw them last; nullopt: it cannot, or has
  // not looked yet.
  std::optional<std::vector<AppMemory>> largest_apps;
  std::optional<Reclaimable> reclaimable;
  std::vector<JobStatus> jobs;
  std::vector<OperationStatus> operations;  // that go on now, the first one first
  std::optional<HistoryEntry> last_run;
  std::optional<base::WallTime> paused_until;
};

}  // namespace lull::model
