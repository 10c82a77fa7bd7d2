// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>

#include "agent/services/journal_service.h"
#include "core/relief/shed.h"
#include "core/stats/system_monitor.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"

namespace lull::agent {

// The job `relief`: when memory runs short, first our own house. Stops our background work, empties
// our caches and pools, gives the heap back, and says what that freed by a measurement made
// afterwards. At most once a minute. Engine thread.
class ReliefService {
 public:
  struct Actions {
    std::function<void()> stop_background;  // cancels automatic background jobs
    std::function<void()> shed;             // empties every cache and pool of ours; on a fiber
  };
  ReliefService(scheduler::Engine& engine, scheduler::Executor& blocking,
                stats::SystemMonitor& monitor, JournalService& journal, Actions actions);

  scheduler::JobSpec job();  // references this service

 private:
  scheduler::JobResult run(const scheduler::JobContext& context);
  std::optional<relief::ShedSample> sample();
  void shed(const base::CancelToken& cancel);
  void record(const relief::Verdict& verdict, base::WallTime started, base::Duration elapsed,
              bool automatic);

  scheduler::Engine& engine_;
  scheduler::Executor& blocking_;
  stats::SystemMonitor& monitor_;
  JournalService& journal_;
  const Actions actions_;
  relief::Shed gate_;
};

}  // namespace lull::agent
