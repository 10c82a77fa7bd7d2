// SPDX-License-Identifier: MIT
#include "core/scan/rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "core/scan/builtin_rule_files.h"
#include "core/scan/rule_file.h"

namespace lull::scan {

const Rule* RuleSet::find(std::string_view id) const {
  const auto found =
      std::find_if(rules_.begin(), rules_.end(), [id](const Rule& rule) { return rule.id == id; });
  return found == rules_.end() ? nullptr : &*found;
}

base::Result<RuleSet> builtin_rules() {
  std::vector<Rule> rules;
  std::vector<Advice> advice;
  std::set<std::string> ids;
  for (const BuiltinRuleFile& file : builtin_rule_files()) {
    ParsedRuleFile parsed = parse_rule_file(file.text, std::string(file.name));
    if (!parsed.problems.empty())
      return base::fail(base::ErrorCode::kInternal, parsed.problems.front().to_string());
    const auto take = [&](auto& from, auto& to) {
      for (auto& one : from) {
        if (!ids.insert(one.id).second) return false;
        to.push_back(std::move(one));
      }
      return true;
    };
    if (!take(parsed.rules, rules) || !take(parsed.advice, advice))
      return base::fail(base::ErrorCode::kInternal, "an id is used twice", std::string(file.name));
  }
  return RuleSet(std::move(rules), std::move(advice));
}

}  // namespace lull::scan
