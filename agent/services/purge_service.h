// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/services/clean_house.h"
#include "agent/settings.h"
#include "core/clean/purge_due.h"
#include "core/clean/purger.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"
#include "scheduler/job_scheduler.h"

namespace lull::agent {

// Removes for good what cleans have moved to the trash: the periodic job `purge` what is older than
// `clean.purge_after`, and, as soon as it is seen, everything of ours where a volume is nearly
// full. Engine thread.
class PurgeService {
 public:
  // Asked on a compute thread, of the path of a trash; blocks on the disk.
  using IsNearlyFull = std::function<bool(const std::string& path)>;

  PurgeService(scheduler::Engine& engine, scheduler::ComputePool& compute, CleanHouse& house,
               const Settings& settings, IsNearlyFull is_nearly_full = clean::is_nearly_full);

  scheduler::JobSpec job();  // references this service

  // Starts the job at once if the volume of a trash that something of ours is in is nearly full.
  // Where one that this has started could remove nothing, not for kRest. Parks.
  void look_at_volumes(scheduler::JobScheduler& jobs);
  // Looks every kLook, and up to kLook later where the machine sleeps deeper for it. Parks until it
  // is cancelled.
  void watch_volumes(scheduler::JobScheduler& jobs, const base::CancelToken& cancel);
  static constexpr auto kLook = std::chrono::minutes(5);
  static constexpr auto kRest = std::chrono::hours(1);

  // Within a turn: everything of `run` that is in the trash, at once, since somebody said so. Ends
  // between two items when that is taken back: the rest stays in the trash.
  base::Result<clean::PurgeRunResult> purge_run(const CleanHouse::Turn& turn, std::int64_t run,
                                                const base::CancelToken& cancel,
                                                base::Progress& progress);

 private:
  scheduler::JobResult run(scheduler::JobContext& context);
  base::Result<clean::PurgeRunResult> purge_due(scheduler::JobContext& context);
  clean::PurgeOptions options(const CleanHouse::Turn& turn, base::Progress& progress) const;

  scheduler::Engine& engine_;
  scheduler::ComputePool& compute_;
  CleanHouse& house_;
  const Settings& settings_;
  const IsNearlyFull is_nearly_full_;
  base::SteadyTime rest_until_{};
};

}  // namespace lull::agent
