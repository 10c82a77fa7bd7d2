// SPDX-License-Identifier: MIT
#include "scheduler/job_scheduler_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lull::scheduler::detail {
namespace {

constexpr base::Duration kAgeingStep = std::chrono::minutes(1);

// When a run of the highest priority that started waiting then would be its equal.
base::SteadyTime rank(const Run& run) {
  Priority priority = run.job.spec().priority;
  if (run.requested) priority = std::min(priority, Priority::kUserVisible);
  return plus(run.queued_at, kAgeingStep * static_cast<int>(priority));
}

}  // namespace

void RunQueue::add(RunPtr run, base::SteadyTime now) {
  run->queued_at = now;
  put_back(std::move(run));
}

void RunQueue::put_back(RunPtr run) {
  run->phase = Run::Phase::kQueued;
  runs_.push_back(std::move(run));
}

RunPtr RunQueue::take(const std::function<bool(const Run&)>& eligible) {
  auto best = runs_.end();
  for (auto run = runs_.begin(); run != runs_.end(); ++run)
    if (eligible(**run) && (best == runs_.end() || rank(**run) < rank(**best))) best = run;
  if (best == runs_.end()) return nullptr;
  RunPtr taken = std::move(*best);
  runs_.erase(best);
  return taken;
}

std::vector<RunPtr> RunQueue::remove_if(const std::function<bool(const Run&)>& predicate) {
  std::vector<RunPtr> removed;
  std::copy_if(runs_.begin(), runs_.end(), std::back_inserter(removed),
               [&](const RunPtr& run) { return predicate(*run); });
  std::erase_if(runs_, [&](const RunPtr& run) { return predicate(*run); });
  return removed;
}

}  // namespace lull::scheduler::detail
