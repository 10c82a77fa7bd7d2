// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/environment.h"
#include "core/scan/dead_mounts.h"
#include "core/scan/places.h"
#include "core/scan/rule_pattern.h"

namespace lull::scan {

// The values of $HOME, $CACHE, … for one scan, each looked at once and refused if anything about it
// is wrong: empty, relative, "/", with "..", not the owner's, or as wide as the home directory.
// Immutable after construction; any thread. No question is asked of a file system that may hang,
// unless the home directory is on it.
class Variables {
 public:
  struct Value {
    std::string spelled;  // as the environment says it, one slash between names
    std::string real;     // with every link resolved; empty if it does not exist or was refused
    std::string refusal;  // why nothing below it may be touched; empty: it may
  };

  Variables(const base::UserDirectories& directories, const ScanPlaces& places, uid_t owner);

  // One each, except $VOLUMES, which has any number, and what this system does not have: none.
  const std::vector<Value>& values(Variable variable) const {
    return values_[static_cast<std::size_t>(variable)];
  }
  const std::string& home() const { return values(Variable::kHome).front().spelled; }
  // As in the paths of roots; empty if nothing in it may be touched.
  const std::string& real_home() const { return values(Variable::kHome).front().real; }
  // Those of the moment of construction.
  const MountsThatMayHang& mounts() const { return mounts_; }
  // `pattern` as absolute patterns: as spelled and, if different, as resolved. The value's own
  // bytes are taken literally.
  std::vector<std::string> patterns(const AnchoredPattern& pattern) const;

 private:
  Value& add(Variable variable) {
    return values_[static_cast<std::size_t>(variable)].emplace_back();
  }
  void look(Variable variable, const std::string& text, uid_t owner);
  void refuse_what_holds_home();

  const MountsThatMayHang mounts_ = MountsThatMayHang::find();
  std::array<std::vector<Value>, kVariableNames.size()> values_;
};

}  // namespace lull::scan
