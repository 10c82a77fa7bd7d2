// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "core/scan/category_scan.h"
#include "core/scan/fate.h"
#include "core/scan/glob_set.h"
#include "core/scan/path_guard.h"

namespace lull::scan {

// What a directory hands down to what is in it: where the patterns go on, and what was decided for
// everything below.
struct Inherited {
  bool matched = false;      // the directory or one above it is what the rule is about
  bool tagged_root = false;  // the directory is a root with a CACHEDIR.TAG
  bool files_only = false;   // the directory is a root of which only single files are meant
  Fate stays = Fate::kGoes;
  // Of a root: what locks say of the names in it; null below one and where there are none.
  const LockedNames* locked = nullptr;
  GlobSet::State match, keep;
  PathGuard::State never, kept;
};

// Why a thing that the rule is about has to become older first: "younger than 30 d".
std::string too_young(const Rule& rule);

// Judges single entries by a rule, from their names and status alone. Read-only after construction;
// any thread.
class Judge {
 public:
  // `roots` outlive the judge.
  Judge(const CategoryContext& context, const std::vector<RuleRoot>& roots);

  Fate entry(std::string_view name, const struct stat& status, const Inherited& in) const;
  // kUnmatched with an empty `below.match`: nothing below it can match either (may_skip).
  Fate directory(std::string_view name, const struct stat& status, const Inherited& in,
                 Inherited& below) const;
  bool may_skip(const Inherited& below) const {
    return !below.matched && !match_.may_match(below.match);
  }
  // What a directory that is a root hands down.
  const Inherited& root(std::uint32_t root) const { return roots_[root]; }

  // The youngest of the times that the rule counts, in nanoseconds since 1970. Of all three the
  // first two can be set to anything by anybody, the change time cannot.
  std::int64_t youngest_of(const struct stat& status) const;

  // May somebody use the file, or is it too young?
  bool is_used(const FileKey& key, std::int64_t youngest_ns) const;

  // In words: the reason of a sum.
  std::string words(Fate fate) const;
  // Why it may go.
  std::string reason_to_go(std::int64_t youngest_ns) const;

 private:
  Inherited first(const RuleRoot& root) const;
  Fate name_fate(std::string_view name, const Inherited& in, bool is_directory) const;
  bool is_about(std::string_view name, const Inherited& in) const {
    return in.matched || match_.matches(in.match, name);
  }
  bool is_open(const struct stat& status) const {
    return context_.open_files != nullptr &&
           context_.open_files->contains(status.st_dev, status.st_ino);
  }
  static Fate locked_fate(std::string_view name, const Inherited& in);
  Fate kind_fate(const struct stat& status) const;
  Fate last_checks(const struct stat& status, const Inherited& in) const;

  const CategoryContext& context_;
  GlobSet match_, keep_;
  std::int64_t newest_allowed_ns_;
  std::vector<Inherited> roots_;
};

}  // namespace lull::scan
