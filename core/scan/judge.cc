// SPDX-License-Identifier: MIT
#include "core/scan/judge.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include "core/base/text.h"
#include "core/scan/rule_pattern.h"
#include "core/scan/status_values.h"

namespace lull::scan {
namespace {

GlobSet compiled(const std::vector<std::string>& patterns) {
  GlobSet globs;
  for (const std::string& pattern : patterns)
    if (const auto spelled = parse_relative_glob(pattern))
      for (const std::string& one : *spelled) globs.add(one);
  return globs;
}

// A root's path has two spellings; what either says counts.
PathGuard::State state_at(const PathGuard& guard, const RuleRoot& root) {
  PathGuard::State state = guard.enter(root.path);
  if (root.spelled == root.path) return state;
  for (const std::uint32_t at : guard.enter(root.spelled))
    if (std::find(state.begin(), state.end(), at) == state.end()) state.push_back(at);
  return state;
}

// Of the roots of a rule, in the order of Fate.
constexpr std::array<std::string_view, kFates> kWords{
    "",
    "",
    "never touched",
    "on your keep list",
    "kept by the rule",
    "not owned by you",
    "symbolic link",
    "socket, pipe or device",
    "on another file system",
    "",
    "its application is running",
    "cannot tell whether its application is running",
    "locked by a running program",
    "cannot tell whether it is locked",
    "one of the newest versions",
    "tracked by git",
    "cannot tell whether git tracks it",
    "a repository is in it",
    "open in a program",
    "cannot tell whether a program has it open",
    "",
    "too small",
    "",
    "part of a database that stays",
    "its finished file is in use",
    "hard-linked from elsewhere",
    "counted in another category",
    "nested too deeply"};
constexpr std::array<std::string_view, kFileFormatNames.size() + 1> kNotOfFormat{
    "", "not a core dump", "not an SQLite database", "not a PNG picture", "not a gzip file"};

}  // namespace

std::string too_young(const Rule& rule) {
  const base::Duration limit = rule.older_than.value_or(base::Duration::zero());
  return (rule.by_deletion_date ? "deleted less than " : "younger than ") +
         base::format_duration(limit) + (rule.by_deletion_date ? " ago" : "");
}

Judge::Judge(const CategoryContext& context, const std::vector<RuleRoot>& roots)
    : context_(context),
      match_(compiled(context.rule.match)),
      keep_(compiled(context.rule.keep)),
      newest_allowed_ns_(context.rule.older_than && !context.whole_item
                             ? context.now_ns - context.rule.older_than->count()
                             : std::numeric_limits<std::int64_t>::max()) {
  for (const RuleRoot& root : roots) roots_.push_back(first(root));
}

Inherited Judge::first(const RuleRoot& root) const {
  Inherited below{.matched = match_.empty(),
                  .tagged_root = root.tagged,
                  .files_only = root.files_only,
                  .stays = root.stays,
                  .locked = root.locked.empty() ? nullptr : &root.locked,
                  .match = match_.begin(),
                  .keep = keep_.begin(),
                  .never = state_at(context_.never, root),
                  .kept = state_at(context_.keep, root)};
  if (context_.keep.cover(root.path) != nullptr || context_.keep.cover(root.spelled) != nullptr)
    below.stays = Fate::kKeptByUser;
  return below;
}

std::int64_t Judge::youngest_of(const struct stat& status) const {
  const StatusTimes times = times_of(status);
  const AgeBy& by = context_.rule.age_by;
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  // Whoever lists a directory reads its links: that is no use of them.
  const bool atime = by.atime && !S_ISLNK(status.st_mode);
  return std::max({by.mtime ? times.mtime_ns : kNever, by.ctime ? times.ctime_ns : kNever,
                   atime ? times.atime_ns : kNever});
}

// What the name alone decides.
Fate Judge::name_fate(std::string_view name, const Inherited& in, bool is_directory) const {
  if (context_.never.match(in.never, name, is_directory) != nullptr) return Fate::kNever;
  if (in.stays == Fate::kKeptByUser || in.stays == Fate::kKeptByRule) return in.stays;
  if (context_.keep.match(in.kept, name, is_directory) != nullptr) return Fate::kKeptByUser;
  if (keep_.matches(in.keep, name)) return Fate::kKeptByRule;
  // It marks what the rule is about and is no part of it: not worth a line.
  if (in.tagged_root && !is_directory && name == "CACHEDIR.TAG") return Fate::kUnmatched;
  return Fate::kGoes;
}

// Is it the kind of entry that the rule is about?
Fate Judge::kind_fate(const struct stat& status) const {
  if (context_.whole_item) return Fate::kGoes;
  switch (context_.rule.only) {
    case Only::kDeadLinks:
      return S_ISLNK(status.st_mode) ? Fate::kGoes : Fate::kUnmatched;
    case Only::kEmptyDirectories:
      return Fate::kUnmatched;
    default:
      break;
  }
  if (S_ISLNK(status.st_mode)) return Fate::kLink;
  return S_ISREG(status.st_mode) ? Fate::kGoes : Fate::kSpecial;
}

Fate Judge::locked_fate(std::string_view name, const Inherited& in) {
  if (in.locked == nullptr) return Fate::kGoes;
  const auto found = in.locked->find(name);
  return found == in.locked->end() ? Fate::kGoes : found->second;
}

bool Judge::is_used(const FileKey& key, std::int64_t youngest_ns) const {
  return context_.open_files == nullptr || context_.open_files->contains(key.device, key.inode) ||
         youngest_ns > newest_allowed_ns_;
}

Fate Judge::last_checks(const struct stat& status, const Inherited& in) const {
  if (!context_.running.empty()) return Fate::kRunning;
  if (in.stays != Fate::kGoes) return in.stays;
  if (context_.open_files == nullptr) return Fate::kOpenUnknown;
  if (is_open(status)) return Fate::kOpen;
  if (youngest_of(status) > newest_allowed_ns_) return Fate::kRecent;
  if (context_.rule.min_size > 0 && S_ISREG(status.st_mode) && !context_.whole_item &&
      static_cast<std::uint64_t>(status.st_size) < context_.rule.min_size)
    return Fate::kSmall;
  if (context_.claimed.contains({status.st_dev, status.st_ino})) return Fate::kClaimed;
  return Fate::kGoes;
}

Fate Judge::entry(std::string_view name, const struct stat& status, const Inherited& in) const {
  if (!is_about(name, in)) return Fate::kUnmatched;
  if (const Fate fate = name_fate(name, in, false); fate != Fate::kGoes) return fate;
  const Fate kind = kind_fate(status);
  if (kind == Fate::kUnmatched) return kind;
  if (status.st_uid != context_.owner) return Fate::kForeign;
  if (kind != Fate::kGoes) return kind;
  const Fate locked = locked_fate(name, in);
  return locked == Fate::kGoes ? last_checks(status, in) : locked;
}

Fate Judge::directory(std::string_view name, const struct stat& status, const Inherited& in,
                      Inherited& below) const {
  below.matched = in.matched || (!in.files_only && match_.matches(in.match, name));
  if (!below.matched) below.match = match_.descend(in.match, name);
  if (may_skip(below)) return Fate::kUnmatched;
  const Fate by_name = name_fate(name, in, true);
  if (by_name == Fate::kNever) return by_name;
  // Another user's directory is not opened: what is in it is none of our business.
  if (status.st_uid != context_.owner) return Fate::kForeign;
  below.keep = keep_.descend(in.keep, name);
  below.never = context_.never.descend(in.never, name);
  below.kept = context_.keep.descend(in.kept, name);
  below.stays = by_name != Fate::kGoes ? by_name : in.stays;
  if (by_name != Fate::kGoes) return by_name;
  // Somebody works in it, or has locked it: so is what lies in it.
  if (below.stays == Fate::kGoes && is_open(status)) below.stays = Fate::kOpen;
  if (below.stays == Fate::kGoes) below.stays = locked_fate(name, in);
  const Only only = context_.rule.only;
  const bool may_go =
      only == Only::kFiles || only == Only::kEmptyDirectories || context_.whole_item;
  return below.matched && may_go ? last_checks(status, below) : Fate::kUnmatched;
}

std::string Judge::words(Fate fate) const {
  if (fate == Fate::kRunning) return context_.running;
  if (fate == Fate::kOtherFormat)
    return std::string(kNotOfFormat[static_cast<std::size_t>(context_.rule.file_format)]);
  if (fate == Fate::kRecent) return too_young(context_.rule);
  if (fate == Fate::kNewest && context_.rule.newest_stay == 1) return "the newest version";
  return std::string(kWords[static_cast<std::size_t>(fate)]);
}

std::string Judge::reason_to_go(std::int64_t youngest_ns) const {
  if (!context_.rule.older_than || context_.whole_item)
    return context_.rule.cost == "nothing" ? "losing it costs nothing" : context_.rule.cost;
  using std::chrono::days;
  const auto age =
      std::chrono::duration_cast<days>(std::chrono::nanoseconds(context_.now_ns - youngest_ns));
  return "not used for " + base::format_duration(age);
}

}  // namespace lull::scan
