// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string_view>

#include "core/scan/rule_file.h"

namespace lull::scan {

// A rule file of core/scan/rules as it was when the program was built.
struct BuiltinRuleFile {
  std::string_view name;  // for messages
  std::string_view text;
};
std::span<const BuiltinRuleFile> builtin_rule_files();
// The system they are for.
Platform this_platform();
// Those of the system this is not built for (library core_scan_foreign_rules, for tests).
std::span<const BuiltinRuleFile> foreign_rule_files();

}  // namespace lull::scan
