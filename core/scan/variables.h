// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/environment.h"
#include "core/scan/rule_pattern.h"

namespace lull::scan {

// The values of $HOME, $CACHE, … for one scan, each looked at once and refused if anything about it
// is wrong: empty, relative, "/", with "..", not the owner's, or as wide as the home directory.
// Immutable after construction; any thread.
class Variables {
 public:
  Variables(const base::UserDirectories& directories, uid_t owner);

  // Why nothing below the variable may be touched; empty: it may.
  const std::string& refusal(Variable variable) const { return at(variable).refusal; }
  // As the environment says it, one slash between names.
  const std::string& spelled(Variable variable) const { return at(variable).spelled; }
  // With every link resolved; empty if it does not exist or was refused.
  const std::string& real(Variable variable) const { return at(variable).real; }
  // `pattern` as absolute patterns: as spelled and, if different, as resolved. The value's own
  // bytes are taken literally.
  std::vector<std::string> patterns(const AnchoredPattern& pattern) const;

 private:
  struct Value {
    std::string spelled, real, refusal;
  };
  const Value& at(Variable variable) const { return values_[static_cast<std::size_t>(variable)]; }
  void look(Variable variable, const std::string& value, uid_t owner);
  void refuse_what_holds_home();

  std::array<Value, kVariableNames.size()> values_;
};

}  // namespace lull::scan
