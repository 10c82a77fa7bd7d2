// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/scan/rule_file.h"
#include "core/scan/rules.h"

namespace lull::scan {

// The rules that count, and what is wrong with the files that do not. Immutable; any thread.
struct LoadedRules {
  RuleSet rules;
  std::vector<RuleProblem> problems;
  // Of the texts of the user's files that count: another one for other rules. (The built-in ones
  // change with the program.)
  std::uint64_t fingerprint = 0;
  // So many of the first are built in.
  std::size_t builtin_rules = 0, builtin_advice = 0;
  RuleSet builtin() const;
};

// The built-in rules, then those of `directory`/*.toml in the order of the files' names. A file
// counts as a whole or not at all: one with any problem, with an id that is known already, or that
// somebody else could have written (a link, not `owner`'s, writable by others) gives no rules and
// is listed. No directory: no rules of one's own. Fails only if the built-in rules are broken.
// Blocks.
base::Result<LoadedRules> load_rules(const std::string& directory, uid_t owner);
// The same behind built-in rules that are parsed already: they are most of the work, and do not
// change while the program runs.
LoadedRules load_rules(const RuleSet& builtin, const std::string& directory, uid_t owner);

// What would keep the file from counting if it lay in `directory` under its own name, beside the
// built-in rules and those of the other files there: everything that is wrong in it, and ids that
// are taken. Of a file that does lie there also what load_rules() says of the file as such. Blocks.
ParsedRuleFile check_rule_file(std::string_view text, const std::string& file,
                               const std::string& directory, uid_t owner);

// The text of a file of rules, for a check: regular, at most 256 KiB.
base::Result<std::string> read_rule_file(const std::string& file);

// Where a user's own rules are.
std::string rules_directory(const std::string& config_home);

}  // namespace lull::scan
