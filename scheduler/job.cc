// SPDX-License-Identifier: MIT
#include "scheduler/job.h"

namespace lull::scheduler {

std::string_view trigger_name(Trigger trigger) {
  switch (trigger) {
    case Trigger::kIdle:
      return "idle";
    case Trigger::kPressure:
      return "pressure";
    case Trigger::kPeriodic:
      return "periodic";
    case Trigger::kRequest:
      return "request";
  }
  return "request";
}

std::string_view priority_name(Priority priority) {
  switch (priority) {
    case Priority::kUserBlocking:
      return "user-blocking";
    case Priority::kUserVisible:
      return "user-visible";
    case Priority::kBackground:
      return "background";
  }
  return "background";
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return "done";
    case Outcome::kPartial:
      return "partial";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kCancelled:
      return "cancelled";
  }
  return "failed";
}

}  // namespace lull::scheduler
