// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/model/load_sample.h"
#include "core/model/snapshot.h"
#include "core/stats/recent_load.h"
#include "core/stats/system_monitor.h"
#include "scheduler/engine.h"

namespace lull::agent {

// Puts together what a glance needs, at the moment somebody asks. Engine thread, on a fiber: a
// first question waits a moment, because CPU shares need two readings.
class SnapshotService {
 public:
  // What other services add to a snapshot.
  struct Sources {
    std::function<std::optional<model::Pressure>()> pressure;
    std::function<std::optional<model::Reclaimable>()> reclaimable;
    std::function<std::vector<model::JobStatus>()> jobs;
    std::function<std::optional<model::HistoryEntry>()> last_run;
    std::function<std::optional<base::WallTime>()> paused_until;
    std::function<std::optional<std::vector<model::AppMemory>>()> largest_apps = {};
    std::function<std::vector<model::OperationStatus>()> operations = {};
  };
  // `agent`: whether this process is one, whose own cost is of interest.
  SnapshotService(scheduler::Engine& engine, stats::SystemMonitor& monitor, bool agent,
                  Sources sources);

  model::Snapshot take(const base::CancelToken& cancel = {});
  // The last ten minutes, as far as somebody looked: who took a snapshot, or who says so here.
  std::vector<model::LoadSample> recent() const;
  void looked(std::optional<double> cpu_percent, const std::optional<model::Pressure>& pressure);
  base::Result<std::vector<model::ProcessInfo>> top(std::size_t limit, stats::SortBy sort,
                                                    const base::CancelToken& cancel = {});

 private:
  void settle(const base::CancelToken& cancel);
  model::AgentInfo own_cost() const;

  scheduler::Engine& engine_;
  stats::SystemMonitor& monitor_;
  const bool agent_;
  const Sources sources_;
  const base::SteadyTime started_;
  stats::RecentLoad recent_;
};

}  // namespace lull::agent
