// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/services/clean_house.h"
#include "agent/services/job_values.h"
#include "agent/settings.h"
#include "core/clean/undo.h"
#include "core/model/clean_reports.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"
#include "scheduler/job_scheduler.h"

namespace lull::agent {

// Gives back what a run has moved: the on-request job `undo`. Engine thread.
class UndoService {
 public:
  UndoService(scheduler::Engine& engine, scheduler::ComputePool& compute, CleanHouse& house,
              const Settings& settings);

  scheduler::JobSpec job();  // references this service

  // `run` is the one to undo; none: the last of which something is in the trash. `paths` are what
  // to give back of it, each with what was below it; empty: everything. kNotFound if there is
  // nothing to undo, or nothing of a path is in that run.
  base::Result<model::UndoReport> undo(
      scheduler::JobScheduler& jobs, std::optional<std::int64_t> run,
      const std::vector<std::string>& paths, const base::CancelToken& cancel,
      const std::function<void(const scheduler::RunTicket&)>& started = {});

  // Called after a run that gave something back, with the paths; may wait.
  void on_restored(std::function<void(const std::vector<std::string>& paths)> observer) {
    observer_ = std::move(observer);
  }

 private:
  scheduler::JobResult run(scheduler::JobContext& context);
  base::Result<model::UndoReport> undo_now(scheduler::JobContext& context);
  base::Result<clean::UndoResult> give_back(const scheduler::JobContext& context, std::int64_t run,
                                            const CleanHouse::Turn& turn);

  scheduler::Engine& engine_;
  scheduler::ComputePool& compute_;
  CleanHouse& house_;
  const Settings& settings_;
  JobValues<model::UndoReport> values_{"undo"};
  std::function<void(const std::vector<std::string>&)> observer_;
};

}  // namespace lull::agent
