// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/services/job_values.h"
#include "agent/services/run_costs.h"
#include "agent/services/size_stats.h"
#include "agent/services/tree_watcher.h"
#include "agent/settings.h"
#include "core/cache/dir_size_cache.h"
#include "core/cache/dir_watch.h"
#include "core/cache/tree_measure.h"
#include "core/cache/tree_store.h"
#include "core/model/reports.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"

namespace lull::agent {

// What sizes are made of; `store` is needed.
struct SizeParts {
  std::unique_ptr<cache::TreeStore> store;
  std::unique_ptr<cache::DirWatch> watch;  // null: changes are only found by looking
  std::function<base::Result<cache::MeasureReport>(cache::TreeStore&, const cache::MeasureRequest&,
                                                   const scan::WalkOptions&)>
      measure = cache::measure;
  std::string home;  // elsewhere at most two tasks read: system roots are where others wait too
  // For questions that may never be answered; null: `blocking`.
  scheduler::Executor* patient = nullptr;
  // What the agent writes to by itself (the store, the journal of every run): not watched, or each
  // answer would be undone by what it leaves there. Their sizes age like growth in place.
  std::vector<std::string> own_directories{};
};

// Disk use of trees, from the cache where that is fresh: the on-request job `size` (one walk per
// path, shared by everybody who asks) and the idle job `refresh-cache`, which measures the paths
// again that somebody asked for lately, before their answers are too old. Three steps to an answer:
// memory, the rows in the store, a measurement that reads what changed. Trees that are asked for
// often are watched, so that their answers do not outlive a change. What is on a file system that
// may hang is read by one patient task of its own, given up when nothing comes any more, and not
// stored. Engine thread.
class SizeService {
 public:
  SizeService(scheduler::Engine& engine, scheduler::ComputePool& compute,
              scheduler::Executor& blocking, const Settings& settings, SizeParts parts);

  scheduler::JobSpec size_job();
  scheduler::JobSpec refresh_job();

  // `path` must be absolute. `fresh` reads everything even if the cache could answer.
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
  void forget_uses() { cache_.forget_uses(); }
  void restore_use(const std::string& path, double score, base::Duration age) {
    cache_.restore_use(path, score, age);
  }
  // Where runs learn how much there will be; outlives this service.
  void use_costs(RunCosts& costs) { costs_ = &costs; }
  // Something was done to `path`: it, what is below it and what contains it is measured anew.
  void invalidate(const std::string& path);
  // How many paths a refresh would measure now: those that somebody asks for whose answers are old,
  // or that are asked for often and not watched.
  std::size_t stale_paths() const { return paths_to_refresh().size(); }
  SizeStats stats() const;

  void apply_settings();  // after the settings have changed; how many entries is resize()'s
  void shed();            // forgets sizes in memory and the watches; the store stays
  void rest();            // gives back what is only held for the next question

 private:
  enum class Freshness { kAsSet, kForRefresh, kNone };
  cache::MeasureRequest request_for(const std::string& path, Freshness freshness) const;
  // The root of a tree before it is read.
  struct Look {
    cache::DirSizeCache::Stamp stamp;
    bool may_hang = false;  // on a file system that may
  };
  base::Result<Look> look_at(const std::string& path);
  std::optional<model::TreeSize> recall(const std::string& path,
                                        const cache::DirSizeCache::Stamp& stamp);
  // What came back from the pool.
  struct Measured {
    cache::DirSizeCache::Stamp stamp;  // of the root, before it was read
    base::Result<cache::MeasureReport> report;
    bool watched = false;                // again, before it was read
    std::vector<std::uint64_t> settled;  // of the request's touched ones: read now
    cache::TreeStore::Stats store;
    std::string note;
  };
  class Reading;
  base::Result<model::TreeSize> measure(const std::string& path, Freshness freshness,
                                        bool background, const base::CancelToken& cancel,
                                        base::Progress& progress);
  base::Result<model::TreeSize> measure_patiently(const Reading& reading,
                                                  const cache::DirSizeCache::Stamp& stamp,
                                                  const base::CancelToken& cancel,
                                                  base::Progress& progress);
  Measured measure_once(const cache::MeasureRequest& request, const scan::WalkOptions& options,
                        std::optional<TreeWatcher::Cover> cover, bool background);
  void watch_again(const cache::MeasureRequest& request, const TreeWatcher::Cover& cover,
                   Measured& measured) const;
  bool watch(const cache::MeasureRequest& request, const scan::WalkOptions& options,
             bool background, const Reading& reading, Measured& measured);
  bool look_once_more(const cache::MeasureRequest& request, const scan::WalkOptions& options,
                      const TreeWatcher::Cover& cover, bool background, const Reading& reading,
                      Measured& measured);
  void learn(const cache::MeasureRequest& request, const Measured& measured,
             const Reading& reading);
  void disturb(const std::string& tree);
  void forget(const std::string& tree);
  void add_stale(const std::string& tree);
  void take_changes();
  std::vector<std::string> paths_to_refresh() const;
  void add_unwatched(std::vector<std::string>& paths) const;
  scheduler::JobResult run_size(scheduler::JobContext& context);
  scheduler::JobResult run_refresh(scheduler::JobContext& context);

  scheduler::Engine& engine_;
  scheduler::ComputePool& compute_;
  scheduler::Executor& blocking_;
  const Settings& settings_;
  const SizeParts parts_;
  scheduler::Executor& patient_;
  cache::DirSizeCache cache_;
  TreeWatcher watcher_;
  std::vector<Reading*> readings_;
  std::vector<std::string> stale_;  // trees that were changed since their rows were read
  std::optional<cache::TreeStore::Stats> store_stats_;  // nullopt: nobody has asked the store yet
  std::uint64_t recalled_ = 0, checked_ = 0, read_ = 0;
  JobValues<model::TreeSize> values_{"size"};
  RunCosts* costs_ = nullptr;
  // When a path may be measured again unasked.
  std::map<std::string, base::SteadyTime> rest_until_;
  // When a path that could not be watched may be tried again.
  std::map<std::string, base::SteadyTime> unwatched_until_;
};

}  // namespace lull::agent
