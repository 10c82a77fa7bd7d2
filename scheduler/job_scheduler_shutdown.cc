// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "scheduler/job_scheduler_core.h"

// The end, in phases: start nothing, cancel, wait, save, stop the loop.
namespace lull::scheduler::detail {

using base::CancelReason;

SchedulerCore::~SchedulerCore() {
  if (!fibers_) return;
  stop_starting();
  cancel_all_but_blocking();
  end_loop();
}

std::vector<std::string> SchedulerCore::shut_down(base::Duration deadline) {
  const base::SteadyTime until = plus(engine_.now(), deadline);
  stop_starting();
  cancel_all_but_blocking();
  while (!running_.empty() && engine_.now() < until)
    engine_.sleep_until(until, {}, all_ended_.token());
  std::vector<std::string> names;
  for (const RunPtr& run : running_) names.push_back(run->job.spec().name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (started_ && !std::exchange(saved_at_end_, true))
    for (const auto& job : jobs_) save(*job);
  if (running_.empty()) end_loop();
  return names;
}

void SchedulerCore::stop_starting() {
  stopping_ = true;
  for (const RunPtr& run : queue_.remove_if([](const Run&) { return true; }))
    end(run, {Outcome::kCancelled, std::string(cancel_reason_name(CancelReason::kShutdown)), {}});
}

void SchedulerCore::cancel_all_but_blocking() {
  const std::vector<RunPtr> runs = running_;
  for (const RunPtr& run : runs) {
    const bool runs_to_its_end =
        run->phase == Run::Phase::kRunning && run->job.spec().shutdown == ShutdownBehaviour::kBlock;
    if (!runs_to_its_end) run->cancel.cancel(CancelReason::kShutdown);
  }
}

void SchedulerCore::end_loop() {
  quit_ = true;
  woken_.cancel(CancelReason::kShutdown);
  fibers_.reset();  // joins
}

}  // namespace lull::scheduler::detail
