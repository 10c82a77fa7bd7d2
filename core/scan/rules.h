// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/reports.h"

namespace lull::scan {

// One rule of a rule file (TOML, core/scan/rules/linux/*.toml). A category of `lull scan` is a
// rule.
struct Rule {
  std::string id;     // "pip", "thumbnails": lower case, digits, hyphens
  std::string title;  // for people
  model::Tier tier = model::Tier::kReview;
  std::string cost;                // what losing it costs, for people
  std::string source;              // where that is documented
  std::vector<std::string> roots;  // "$CACHE/thumbnails/{normal,large}", variables HOME CACHE
                                   // CONFIG DATA STATE TEMP, globs
  std::vector<std::string> match;  // globs on the path below the root; empty: everything
  std::vector<std::string> keep;   // globs that always stay
  std::optional<base::Duration>
      older_than;                        // by the youngest of mtime, ctime and (where kept) atime
  std::vector<std::string> not_running;  // process names; running or unknown: all stays
  std::vector<std::string> lock_files;   // if one exists beside the root, or at "$VAR/…": in use
  bool sqlite_family_as_one = true;
  // The roots are XDG trash directories: an item goes as a whole, by the age of its DeletionDate.
  bool by_deletion_date = false;
  std::string file;  // where it came from, for messages
};

// Rules in a fixed order. Immutable after loading; any thread.
class RuleSet {
 public:
  explicit RuleSet(std::vector<Rule> rules) : rules_(std::move(rules)) {}
  const std::vector<Rule>& rules() const { return rules_; }
  const Rule* find(std::string_view id) const;

 private:
  std::vector<Rule> rules_;
};

// The rules built into the program.
base::Result<RuleSet> builtin_rules();
// One rule file; every error names file, line, column, the value and the nearest valid word.
base::Result<std::vector<Rule>> parse_rules(std::string_view toml, const std::string& file);

}  // namespace lull::scan
