// SPDX-License-Identifier: MIT
#include "agent/services/warm_up.h"

#include <algorithm>

#include "agent/services/habits.h"

namespace lull::agent {

scheduler::JobSpec WarmUp::job() {
  scheduler::JobSpec spec;
  spec.name = "warm-up";
  spec.trigger = scheduler::Trigger::kIdle;
  spec.priority = scheduler::Priority::kBackground;
  spec.shutdown = scheduler::ShutdownBehaviour::kSkip;  // reads only: nothing is lost
  // The first is the one that is almost never met, and costs the least to ask.
  spec.constraints = {"no-usual-hour", "refresh-off", "user-active", "cpu-busy", "on-battery",
                      "pressure",      "thermal",     "quiet-hours", "inhibited"};
  // As long as the time in which it may run: once for each usual hour.
  spec.interval = Habits::kLead;
  spec.deadline = std::chrono::minutes(10);
  spec.body = [this](scheduler::JobContext& context) { return run(context); };
  return spec;
}

scheduler::JobResult WarmUp::run(scheduler::JobContext& context) const {
  scheduler::JobResult scan = parts_.scan(context);
  if (context.cancel.cancelled()) return {scheduler::Outcome::kCancelled, scan.message, ""};
  scheduler::JobResult sizes = parts_.sizes(context);
  scan.outcome = std::max(scan.outcome, sizes.outcome);  // done, partial, failed, cancelled
  scan.message += "; " + sizes.message;
  return scan;
}

}  // namespace lull::agent
