// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/condition.h"

namespace lull::scheduler::detail {

// The conditions by code. A code nobody defined is never met, and neither is a condition whose
// question throws: a job must not start because we could not ask. Engine thread.
class ConditionTable {
 public:
  void add(Condition condition);
  ConditionState evaluate(const std::string& code) const;
  // The codes of `constraints` that are not met now, in their order.
  std::vector<std::string> unmet(const std::vector<std::string>& constraints) const;

 private:
  std::map<std::string, Condition, std::less<>> conditions_;
};

}  // namespace lull::scheduler::detail
