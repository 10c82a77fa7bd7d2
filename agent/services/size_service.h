// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/services/job_values.h"
#include "agent/services/run_costs.h"
#include "agent/settings.h"
#include "core/cache/dir_size_cache.h"
#include "core/model/reports.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"

namespace lull::agent {

// Disk use of trees, from the cache where that is fresh: the on-request job `size` (one walk per
// path, shared by everybody who asks) and the idle job `refresh-cache`, which measures the paths
// again that somebody asked for lately, before their answers are too old. Engine thread.
class SizeService {
 public:
  SizeService(scheduler::Engine& engine, scheduler::ComputePool& compute,
              scheduler::Executor& blocking, const Settings& settings);

  scheduler::JobSpec size_job();
  scheduler::JobSpec refresh_job();

  // `path` must be absolute. `fresh` walks even if the cache could answer.
  base::Result<model::TreeSize> size(
      scheduler::JobScheduler& jobs, const std::string& path, bool fresh,
      const base::CancelToken& cancel,
      const std::function<void(const scheduler::RunTicket&)>& started = {});

  // Within the run of another job: what the idle job does.
  scheduler::JobResult refresh(scheduler::JobContext& context) { return run_refresh(context); }
  // How many sizes may be in memory from now on.
  void resize(std::size_t entries) { cache_.resize(entries); }
  // The paths that are asked for most, for keeping over a restart, and back again.
  std::vector<std::pair<std::string, double>> hottest(std::size_t limit) const {
    return cache_.hottest(limit);
  }
  void restore_use(const std::string& path, double score, base::Duration age) {
    cache_.restore_use(path, score, age);
  }
  // Where runs learn how much there will be; outlives this service.
  void use_costs(RunCosts& costs) { costs_ = &costs; }
  // How many paths a refresh would measure now.
  std::size_t stale_paths() const { return paths_to_refresh().size(); }

  cache::DirSizeCache& cache() { return cache_; }
  void apply_settings();  // after the settings have changed

 private:
  base::Result<model::TreeSize> measure(const std::string& path, bool background,
                                        const base::CancelToken& cancel, base::Progress& progress);
  std::vector<std::string> paths_to_refresh() const;
  scheduler::JobResult run_size(scheduler::JobContext& context);
  scheduler::JobResult run_refresh(scheduler::JobContext& context);

  scheduler::Engine& engine_;
  scheduler::ComputePool& compute_;
  scheduler::Executor& blocking_;
  const Settings& settings_;
  cache::DirSizeCache cache_;
  JobValues<model::TreeSize> values_{"size"};
  RunCosts* costs_ = nullptr;
  // When a path may be measured again unasked.
  std::map<std::string, base::SteadyTime> rest_until_;
};

}  // namespace lull::agent
