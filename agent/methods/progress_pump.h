// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "agent/control/method.h"
#include "agent/methods/progress_sum.h"
#include "scheduler/engine.h"
#include "scheduler/job_scheduler.h"
#include "scheduler/task_group.h"

namespace lull::agent {

// Sends the progress of a call's runs five times a second while it lives, if the client wants it.
// Engine thread, on the call's fiber.
class ProgressPump {
 public:
  ProgressPump(scheduler::Engine& engine, const control::Call& call, Forecast forecast);
  ~ProgressPump();  // stops
  // ProgressSum says what becomes of several.
  void watch(const scheduler::RunTicket& ticket, Counts counts) {
    runs_.push_back({ticket, counts});
  }

 private:
  struct Watched {
    scheduler::RunTicket ticket;
    Counts counts;
  };
  void pump(const base::CancelToken& cancel);
  std::vector<RunProgress> look() const;

  scheduler::Engine& engine_;
  const control::Call& call_;
  ProgressSum sum_;
  std::vector<Watched> runs_;
  scheduler::TaskGroup group_;
};

}  // namespace lull::agent
