// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "agent/services/agent_metrics.h"

namespace lull::agent {

// Every family there is, with awkward labels.
inline std::string everything(MetricsFormat format) {
  MetricsSources sources;
  model::Snapshot& snapshot = sources.snapshot;
  snapshot.taken_at = base::WallTime(std::chrono::seconds(1'800'000'100));
  snapshot.version = "1.2.3 \"quoted\\\"";
  snapshot.agent = model::AgentInfo{1, std::chrono::seconds(90), 3'000'000, 0.25};
  snapshot.memory.emplace();
  snapshot.pressure.emplace();
  snapshot.cpu = model::CpuSample{50.0, 2, 1};
  snapshot.disks = {{"/", "/dev/a", "ext4", 100, 40, 60},
                    {"/mnt/a \"b\"\n\\", "/dev/b", "xfs", 9, 8, 1}};
  snapshot.reclaimable = model::Reclaimable{77, base::WallTime(std::chrono::seconds(1000))};
  model::JobStatus job;
  job.name = "scan";
  job.state = "running";
  job.last_started_at = base::WallTime(std::chrono::seconds(1'800'000'000));
  snapshot.jobs = {job};
  sources.caches = {{"directory_sizes", 3, 1, 2, 10, 4096, 1000}, {"file_metadata", 1}};
  sources.runs["scan"] = {};
  return agent_metrics(sources, format);
}

}  // namespace lull::agent
