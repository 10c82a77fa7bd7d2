// SPDX-License-Identifier: MIT
#include "tests/core/scan/macos_rules.h"

#include <stdexcept>
#include <utility>

#include <oneapi/tbb/task_arena.h>

#include "core/scan/builtin_rule_files.h"

namespace lull::scan::testing {

std::vector<ParsedRuleFile> macos_rule_files() {
  std::vector<ParsedRuleFile> files;
  for (const auto set : {builtin_rule_files(), foreign_rule_files()})
    for (const BuiltinRuleFile& file : set) {
      ParsedRuleFile parsed = parse_rule_file(file.text, std::string(file.name));
      if (parsed.platform == Platform::kMacos) files.push_back(std::move(parsed));
    }
  return files;
}

const RuleSet& macos_rules() {
  static const RuleSet set = [] {
    std::vector<Rule> rules;
    std::vector<Advice> advice;
    for (const ParsedRuleFile& file : macos_rule_files()) {
      rules.insert(rules.end(), file.rules.begin(), file.rules.end());
      advice.insert(advice.end(), file.advice.begin(), file.advice.end());
    }
    return RuleSet(std::move(rules), std::move(advice));
  }();
  return set;
}

MacosInstallation::MacosInstallation() {
  tree.directory("home/Library");
  request.letter_case = LetterCase::kIgnored;
  request.places.darwin_temp = tree.directory("tmp/T", 0700);
  request.places.darwin_cache = tree.directory("tmp/C", 0700);
}

model::ScanReport MacosInstallation::scan_set(const RuleSet& rules) {
  tbb::task_arena arena(2);
  WalkOptions options;
  options.width = 2;
  auto report = arena.execute([&] { return lull::scan::scan(rules, request, options); });
  if (!report) throw std::runtime_error(report.error().to_string());
  return *std::move(report);
}

std::set<std::string> MacosInstallation::all_that_goes() {
  std::set<std::string> all;
  for (const auto& category : scan_set(macos_rules()).categories) all.merge(goes(*this, category));
  return all;
}

}  // namespace lull::scan::testing
