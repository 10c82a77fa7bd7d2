// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "agent/services/scan_service.h"
#include "agent/settings.h"
#include "core/cache/file_metadata_cache.h"
#include "core/cache/place_verdict.h"
#include "core/cache/scan_verdicts.h"
#include "core/model/file_verdict.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job_scheduler.h"
#include "scheduler/task_group.h"

namespace lull::agent {

// What is this file, and may it go? Answered from what the last scan with items found, as long as
// that is known to hold (cache::FileMetadataCache); else from a scan, which everybody who asks
// meanwhile shares. An answer is information: whoever cleans judges again. Engine thread.
class VerdictService {
 public:
  // `patient` is for questions that may never be answered.
  VerdictService(scheduler::Engine& engine, scheduler::Executor& blocking,
                 scheduler::Executor& patient, ScanService& scans, const Settings& settings);
  ~VerdictService();

  // `path` must be absolute; "a/../b", links above it and a slash at the end are resolved first.
  // kNotFound and friends as for lstat. `fresh` scans even if the cache could answer.
  base::Result<model::FileVerdict> explain(
      scheduler::JobScheduler& jobs, const std::string& path, bool fresh,
      const base::CancelToken& cancel,
      const std::function<void(const scheduler::RunTicket&)>& started = {});

  // Takes in what a scan with items found; ScanService calls it. Parks the fiber.
  void learn(const model::ScanReport& report);

  // What verdicts go by has changed (rules, the keep list): none holds any more, nor will those of
  // a scan that began before.
  void forget();
  cache::FileMetadataCache& cache() { return cache_; }
  void apply_settings();  // after the settings have changed

 private:
  cache::PlaceVerdict explain_place(const model::ScanReport& report, const std::string& path,
                                    bool is_directory);
  void keep(const std::vector<cache::KnownFile>& files);

  scheduler::Engine& engine_;
  scheduler::Executor& blocking_;
  scheduler::Executor& patient_;
  ScanService& scans_;
  const Settings& settings_;
  cache::FileMetadataCache cache_;
  std::vector<std::string> kept_;  // the keep list that the verdicts in the cache go by
  base::WallTime void_until_{};    // scans that began by then teach nothing
  bool sweeping_ = false;
  scheduler::TaskGroup chores_;
};

}  // namespace lull::agent
