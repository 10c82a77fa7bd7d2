// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <utility>

#include "scheduler/job.h"

namespace lull::agent {

// The idle job `warm-up`: shortly before an hour at which somebody usually begins to look (see
// Habits), the report of the scan and the hot sizes are made fresh, so that the first look finds
// them. Once for each such hour, under the conditions of idle work; a machine that is asleep or
// busy at that time is left alone. Engine thread.
class WarmUp {
 public:
  // Each does its part within the run of the job, and returns early when that is cancelled.
  struct Parts {
    std::function<scheduler::JobResult(scheduler::JobContext&)> scan;
    std::function<scheduler::JobResult(scheduler::JobContext&)> sizes;
  };
  explicit WarmUp(Parts parts) : parts_(std::move(parts)) {}

  scheduler::JobSpec job();  // references this service

 private:
  scheduler::JobResult run(scheduler::JobContext& context) const;

  const Parts parts_;
};

}  // namespace lull::agent
