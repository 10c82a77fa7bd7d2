// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "agent/control/method.h"
#include "scheduler/engine.h"
#include "scheduler/job_scheduler.h"
#include "scheduler/task_group.h"

namespace lull::agent {

// Sends the progress of a call's runs five times a second while it lives, if the client wants it.
// Engine thread, on the call's fiber.
class ProgressPump {
 public:
  ProgressPump(scheduler::Engine& engine, const control::Call& call);
  ~ProgressPump();  // stops
  // Several runs are summed.
  void watch(const scheduler::RunTicket& ticket) { tickets_.push_back(ticket); }

 private:
  void pump(const base::CancelToken& cancel);
  base::ProgressSnapshot sum() const;

  scheduler::Engine& engine_;
  const control::Call& call_;
  const base::SteadyTime started_;
  std::vector<scheduler::RunTicket> tickets_;
  scheduler::TaskGroup group_;
};

}  // namespace lull::agent
