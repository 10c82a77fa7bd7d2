// SPDX-License-Identifier: MIT
#include <set>
#include <string>

#include "core/scan/path_guard.h"
#include "core/scan/rule_file.h"
#include "core/scan/rule_pattern.h"
#include "tests/fuzz/fuzz.h"

namespace {

using lull::fuzz::must;

// A rule that was taken looks into no place that is never touched, and into none that is too wide
// unless something else says what is meant.
void check(const lull::scan::Rule& rule) {
  must(!rule.id.empty() && !rule.roots.empty());
  must(rule.only == lull::scan::Only::kFiles || rule.tier == lull::model::Tier::kReview);
  for (const std::string& root : rule.roots) {
    const auto patterns = lull::scan::parse_anchored(root, lull::scan::Width::kAny);
    must(patterns && !patterns->empty());
    for (const auto& pattern : *patterns) {
      must(lull::scan::never_reason(pattern).empty());
      const bool wide = !lull::scan::check_width(pattern, root);
      must(!wide || rule.cachedir_tag || !rule.match.empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = lull::scan::parse_rule_file(lull::fuzz::text_of(data, size), "fuzz.toml");
  for (const auto& problem : file.problems)
    must(problem.line > 0 && problem.column > 0 && !problem.message.empty());
  // What was taken can be named, and is named once.
  std::set<std::string> ids;
  for (const auto& rule : file.rules) {
    check(rule);
    must(ids.insert(rule.id).second);
  }
  for (const auto& advice : file.advice)
    must(!advice.command.empty() && ids.insert(advice.id).second);
  return 0;
}
