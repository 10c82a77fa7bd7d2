// SPDX-License-Identifier: MIT
#include "scheduler/job_scheduler_conditions.h"

#include <exception>
#include <utility>

namespace lull::scheduler::detail {

void ConditionTable::add(Condition condition) {
  std::string code = condition.code;
  conditions_.insert_or_assign(std::move(code), std::move(condition));
}

ConditionState ConditionTable::evaluate(const std::string& code) const {
  const auto found = conditions_.find(code);
  if (found == conditions_.end()) return {false, "unknown", "a condition of this name"};
  try {
    return found->second.evaluate();
  } catch (const std::exception& error) {
    return {false, error.what(), "an answer"};
  } catch (...) {
    return {false, "unknown", "an answer"};
  }
}

std::vector<std::string> ConditionTable::unmet(const std::vector<std::string>& constraints) const {
  std::vector<std::string> codes;
  for (const std::string& code : constraints)
    if (!evaluate(code).met) codes.push_back(code);
  return codes;
}

}  // namespace lull::scheduler::detail
