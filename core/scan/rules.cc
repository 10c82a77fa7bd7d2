// SPDX-License-Identifier: MIT
#include "core/scan/rules.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "core/scan/builtin_rule_files.h"

namespace lull::scan {

const Rule* RuleSet::find(std::string_view id) const {
  const auto found =
      std::find_if(rules_.begin(), rules_.end(), [id](const Rule& rule) { return rule.id == id; });
  return found == rules_.end() ? nullptr : &*found;
}

base::Result<RuleSet> builtin_rules() {
  std::vector<Rule> all;
  for (const BuiltinRuleFile& file : builtin_rule_files()) {
    auto rules = parse_rules(file.text, std::string(file.name));
    if (!rules) return tl::unexpected(std::move(rules).error());
    for (Rule& rule : *rules) {
      const bool known = std::any_of(all.begin(), all.end(),
                                     [&](const Rule& other) { return other.id == rule.id; });
      if (known)
        return base::fail(base::ErrorCode::kInternal, "two rules are called " + rule.id, rule.file);
      all.push_back(std::move(rule));
    }
  }
  return RuleSet(std::move(all));
}

}  // namespace lull::scan
