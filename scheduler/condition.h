// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>

namespace lull::scheduler {

// How a condition stands right now.
struct ConditionState {
  bool met = true;
  std::string value;   // as found: "62 %", "unknown"
  std::string needed;  // "under 30 %"
};

// A named question that holds jobs back: "cpu-busy", "on-battery", … Engine thread; must not block.
// Asked before a job starts, when somebody wants to know why, while a job that names it runs (every
// `recheck` at most), and after JobScheduler::conditions_changed().
struct Condition {
  std::string code;
  std::function<ConditionState()> evaluate;
};

}  // namespace lull::scheduler
