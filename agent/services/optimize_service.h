// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "agent/services/job_values.h"
#include "agent/services/journal_service.h"
#include "agent/services/relief_service.h"
#include "agent/services/relief_squeeze.h"
#include "agent/services/relief_stale_files.h"
#include "core/base/environment.h"
#include "core/model/relief_reports.h"
#include "core/platform/swap_probe.h"
#include "core/relief/temp_allocations.h"
#include "core/stats/system_monitor.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"
#include "scheduler/job_scheduler.h"

namespace lull::agent {

// The seven memory operations behind one button, concurrently, each with its own verdict: the
// on-request job `optimize`, which whoever asks meanwhile joins. Ends within kLongest, with what
// there is by then. Engine thread.
class OptimizeService {
 public:
  using Started = std::function<void(const scheduler::RunTicket&)>;

  struct Parts {
    scheduler::Engine& engine;
    scheduler::Executor& blocking;
    stats::SystemMonitor& monitor;
    JournalService& journal;
    ReliefService& relief;
    platform::SwapProbe& swap;
    base::UserDirectories directories;
    std::function<base::Status(const base::CancelToken&)> flush_network;  // on a fiber
    std::function<std::optional<model::Pressure>()> pressure;
    const Settings& settings;
    // Where finished and stale files are looked for, if not in the usual places.
    std::vector<std::string> stream_roots = {}, temp_roots = {};
    // Stale files; parks. Null: they are only named.
    ReliefStaleFiles* stale_files = nullptr;
    ReliefSqueeze* squeeze = nullptr;                                // null: never
    std::function<bool(const std::string& path)> is_in_memory = {};  // if not as the system says
  };
  explicit OptimizeService(Parts parts);

  scheduler::JobSpec job();  // references this service

  // Runs the operations or joins the run under way. `dry`: only says what each would do.
  base::Result<model::OptimizeReport> optimize(scheduler::JobScheduler& jobs, bool dry,
                                               const base::CancelToken& cancel,
                                               const Started& started = {});

  // The acts of file-caches, for whoever else needs them.
  relief::Streams find_streams(const base::CancelToken& cancel);
  relief::DroppedStreams drop_streams(const relief::Streams& streams,
                                      const base::CancelToken& cancel);
  // Likewise of temp-allocations.
  relief::StaleFiles find_stale_files(const base::CancelToken& cancel);

  static constexpr auto kLongest = std::chrono::seconds(45);
  // One look through files; dropping their cache takes as long at most.
  static constexpr auto kLookFor = std::chrono::seconds(2);

 private:
  using Operation = std::function<relief::OperationVerdict(bool, const base::CancelToken&)>;

  scheduler::JobResult run(scheduler::JobContext& context);
  model::OptimizeReport run_all(const scheduler::JobContext& context, bool dry,
                                base::WallTime started);
  model::OperationReport run_one(std::string_view id, const Operation& operation, bool dry,
                                 const base::CancelToken& cancel);
  Operation operation(std::string_view id, base::WallTime started);
  relief::OperationVerdict inactive_memory(bool dry, const base::CancelToken& cancel,
                                           base::WallTime started);
  relief::OperationVerdict file_caches(bool dry, const base::CancelToken& cancel);
  relief::OperationVerdict memory_compression();
  relief::OperationVerdict network_caches(bool dry, const base::CancelToken& cancel);
  relief::OperationVerdict app_gc(bool dry, const base::CancelToken& cancel);
  relief::OperationVerdict temp_allocations(bool dry, const base::CancelToken& cancel);
  void record(const model::OptimizeReport& report, base::WallTime started);
  std::function<bool()> over_or_stopped(const base::CancelToken& cancel) const;

  const Parts parts_;
  JobValues<model::OptimizeReport> values_{"optimize"};
};

// The user's directories of documents, by user-dirs.dirs or their usual names. Blocks.
std::vector<std::string> document_directories(const base::UserDirectories& directories);

}  // namespace lull::agent
