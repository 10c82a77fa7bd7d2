// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"

// What is shown of jobs and of the conditions that hold them back. Words are those of the
// contract (`lull jobs`, `lull why`).
namespace lull::model {

struct ConditionStatus {
  std::string code;    // "user-active", "cpu-busy", "on-battery", …
  bool met = true;     // true: does not hold the job back
  std::string value;   // as found, for people: "62 %", "unknown"
  std::string needed;  // what would meet it: "under 30 %"
};

struct JobStatus {
  std::string name;
  std::string trigger;   // idle|pressure|periodic|request
  std::string priority;  // user-blocking|user-visible|background
  std::string state;     // waiting|running|deferred|paused
  std::optional<base::WallTime> next_at;
  std::optional<base::WallTime> last_started_at;
  std::optional<std::string>
      last_outcome;                     // done|partial|failed|cancelled, with reason behind ": "
  std::vector<std::string> blocked_by;  // codes of the unmet conditions
};

struct JobExplanation {
  std::string job;
  bool would_run = false;
  std::vector<ConditionStatus> conditions;
};

}  // namespace lull::model
