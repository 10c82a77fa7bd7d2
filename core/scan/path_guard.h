// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/environment.h"
#include "core/base/result.h"
#include "core/scan/glob.h"
#include "core/scan/variables.h"

namespace lull::scan {

// Paths that stay whatever a rule says: a list of absolute globs, each with a reason. A pattern
// covers what it matches and everything below that. Immutable while it is used; any thread.
class PathGuard {
 public:
  // A pattern that begins with "**/" holds anywhere.
  void add(std::string_view pattern, std::string_view reason);

  // The reason why exactly `path` stays, or null. Descendants are the caller's to inherit.
  const std::string* match(std::string_view path) const;
  // The same for `path` or any directory above it.
  const std::string* cover(std::string_view path) const;
  // The part of the guard that can match below `directory`: a walk asks it for each entry.
  PathGuard below(std::string_view directory) const;
  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    Glob glob;
    std::string reason;
  };
  std::vector<Entry> entries_;
};

// What no rule may ever touch: credentials, browser state, documents, what looks like a cache and
// is none, and everything of our own. The table is in never_table.cc, with the accident behind each
// line.
PathGuard never_guard(const Variables& variables, const base::UserDirectories& directories);

// The user's keep list. kInvalidArgument for a pattern that is not absolute (or "~/…") or has "..":
// a keep that silently keeps nothing would be worse than none.
base::Result<PathGuard> keep_guard(const std::vector<std::string>& patterns,
                                   const Variables& variables);

}  // namespace lull::scan
