// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/environment.h"
#include "core/base/result.h"
#include "core/scan/glob.h"
#include "core/scan/glob_set.h"
#include "core/scan/variables.h"

namespace lull::scan {

// Paths that stay whatever a rule says: a list of absolute globs, each with a reason. A pattern
// covers what it matches and everything below that. Immutable while it is used; any thread.
class PathGuard {
 public:
  explicit PathGuard(LetterCase letter_case = LetterCase::kCounts) : letter_case_(letter_case) {}

  // A pattern that begins with "**/" holds anywhere. Files (not directories) whose name matches one
  // of the globs `unless` are not covered.
  void add(std::string_view pattern, std::string_view reason, std::vector<std::string> unless = {});

  // The reason why the directory `path` stays, or any directory above it; or null.
  const std::string* cover(std::string_view path) const;
  // Name by name on the way down a walk: the state of a directory, and why `name` in one stays.
  // Descendants are the caller's to inherit.
  using State = GlobSet::State;
  State enter(std::string_view path) const {
    return ignores_case() ? globs_.descend_path(folded(path)) : globs_.descend_path(path);
  }
  State descend(const State& state, std::string_view name) const {
    return ignores_case() ? globs_.descend(state, folded(name)) : globs_.descend(state, name);
  }
  const std::string* match(const State& state, std::string_view name, bool is_directory) const {
    return ignores_case() ? match_folded(state, folded(name), is_directory)
                          : match_folded(state, name, is_directory);
  }
  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::string reason;
    std::vector<std::string> unless;
  };
  static bool is_excepted(const Entry& entry, std::string_view name);
  bool ignores_case() const { return letter_case_ == LetterCase::kIgnored; }
  std::string folded(std::string_view text) const { return in_case(text, letter_case_); }
  const std::string* match_folded(const State& state, std::string_view name,
                                  bool is_directory) const {
    const std::string* reason = nullptr;
    globs_.find(state, name, [&](std::uint32_t label) {
      const Entry& entry = entries_[label];
      if (!entry.unless.empty() && !is_directory && is_excepted(entry, name)) return false;
      reason = &entry.reason;
      return true;
    });
    return reason;
  }

  LetterCase letter_case_;
  GlobSet globs_;
  std::vector<Entry> entries_;  // by label
};

// What no rule may ever touch: credentials, browser state, documents, what looks like a cache and
// is none, and everything of our own. The table is in never_table.cc, with the accident behind each
// line.
PathGuard never_guard(const Variables& variables, const base::UserDirectories& directories,
                      LetterCase letter_case = LetterCase::kCounts);

// Why all that a rule can find at `pattern`, or with the glob `below` in it, is on that list; empty
// if something may not be. What this does not see, the guard sees when it comes to it.
std::string never_reason(const AnchoredPattern& pattern, std::string_view below = {},
                         LetterCase letter_case = LetterCase::kCounts);

// The user's keep list: each is a pattern, and also a name as it stands. kInvalidArgument for a
// pattern that is not absolute (or "~/…"), has "..", or ends in a line break or the like: a keep
// that silently keeps nothing would be worse than none.
base::Result<PathGuard> keep_guard(const std::vector<std::string>& patterns,
                                   const Variables& variables,
                                   LetterCase letter_case = LetterCase::kCounts);

}  // namespace lull::scan
