// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <functional>
#include <vector>

#include "scheduler/job_scheduler_run.h"

namespace lull::scheduler::detail {

// Runs that wait for a place under the operation limit. The next one is that with the highest
// priority, where each minute waited is worth one step: the order of two runs never changes while
// they wait, and whatever comes later than a background run's second minute comes after it, so
// nothing starves. A run that a person asked for counts at least as kUserVisible. Engine thread.
class RunQueue {
 public:
  void add(RunPtr run, base::SteadyTime now);
  // One that was taken but could not begin; it keeps its age.
  void put_back(RunPtr run);
  // The first by order for which `eligible`, taken out; null if there is none.
  RunPtr take(const std::function<bool(const Run&)>& eligible);
  // Takes out every run for which `predicate`, in order of arrival.
  std::vector<RunPtr> remove_if(const std::function<bool(const Run&)>& predicate);
  const std::vector<RunPtr>& runs() const { return runs_; }
  std::size_t size() const { return runs_.size(); }

 private:
  std::vector<RunPtr> runs_;  // in order of arrival
};

}  // namespace lull::scheduler::detail
