// SPDX-License-Identifier: MIT
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/reports.h"
#include "core/scan/rule_file.h"
#include "core/scan/rules.h"
#include "tests/core/scan/installation.h"

namespace lull::scan::testing {

// The built-in rule files that say they are for macOS, on whatever system this runs.
std::vector<ParsedRuleFile> macos_rule_files();
// All that is in them, in the order of their names.
const RuleSet& macos_rules();

// A home laid out as a Mac's: ~/Library, and the system's own directories for the user as tmp/T and
// tmp/C. Nothing runs.
class MacosInstallation : public Installation {
 public:
  MacosInstallation();

  model::ScanReport scan_set(const RuleSet& rules);
  // Everything that any rule for macOS would take.
  std::set<std::string> all_that_goes();
};

}  // namespace lull::scan::testing
