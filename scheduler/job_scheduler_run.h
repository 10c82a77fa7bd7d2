// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "scheduler/job.h"
#include "scheduler/job_scheduler.h"
#include "scheduler/job_scheduler_record.h"

namespace lull::scheduler {
namespace detail {

class SchedulerCore;

// One run of a job from the queue to its result. Engine thread; owned by the core while it lasts
// and by the tickets for as long as they like.
struct Run {
  enum class Phase : std::uint8_t {
    kQueued,    // waits for a place under the operation limit
    kStarting,  // has a place and a fiber, which will look at the conditions once more
    kRunning,   // in its body
    kEnded,
  };

  Run(SchedulerCore& owner, JobRecord& of, JobParameters with, bool by_request)
      : core(owner), job(of), parameters(std::move(with)), requested(by_request) {}

  SchedulerCore& core;  // not to be touched once the run has ended
  JobRecord& job;       // likewise
  const JobParameters parameters;
  Phase phase = Phase::kQueued;
  bool requested;        // a person waits for it, from the start or since they joined
  unsigned tickets = 0;  // requests that did not give up

  base::SteadyTime queued_at{};

  bool began_automatic = false;
  base::SteadyTime began{};
  base::WallTime began_wall{};
  base::SteadyTime deadline_at = kNever;
  std::string checkpoint;
  std::vector<std::string> lost;  // the conditions whose loss ended it

  base::CancelSource cancel;
  base::CancelSource ended;  // fires when the phase becomes kEnded: wakes who waits
  base::Progress progress;
  JobResult result;

  bool has_ended() const { return phase == Phase::kEnded; }
  bool winding_down() const { return cancel.cancelled(); }
  // Automatic runs have no parameters: only such a run is the job's own.
  bool is(const JobRecord& other, const JobParameters& with) const {
    return &job == &other && parameters == with;
  }
};
using RunPtr = std::shared_ptr<Run>;

}  // namespace detail

// One request; copies of a ticket share it.
struct RunTicket::Shared {
  detail::RunPtr run;
  Engine* engine = nullptr;
  unsigned waiting = 0;  // fibers in wait()
  bool gave_up = false;
};

}  // namespace lull::scheduler
