// SPDX-License-Identifier: MIT
#include "core/scan/judge.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

#include "core/base/text.h"
#include "core/scan/rule_pattern.h"
#include "core/scan/status_times.h"

namespace lull::scan {
namespace {

std::vector<Glob> compiled(const std::vector<std::string>& patterns) {
  std::vector<Glob> globs;
  for (const std::string& pattern : patterns)
    if (const auto spelled = parse_relative_glob(pattern))
      for (const std::string& one : *spelled) globs.emplace_back(one);
  return globs;
}

bool any_matches(const std::vector<Glob>& globs, std::string_view path) {
  return std::any_of(globs.begin(), globs.end(), [path](const Glob& g) { return g.matches(path); });
}

}  // namespace

std::int64_t youngest_of(const struct stat& status) {
  const StatusTimes times = times_of(status);
  return std::max({times.mtime_ns, times.ctime_ns, times.atime_ns});
}

Judge::Judge(const CategoryContext& context, const std::vector<RuleRoot>& roots)
    : context_(context), match_(compiled(context.rule.match)), keep_(compiled(context.rule.keep)) {
  for (const RuleRoot& root : roots) {
    Place place;
    place.paths.push_back(root.path);
    if (root.spelled != root.path) place.paths.push_back(root.spelled);
    for (const std::string& path : place.paths) {
      place.never.push_back(context.never.below(path));
      place.keep.push_back(context.keep.below(path));
    }
    place.locked = root.locked;
    places_.push_back(std::move(place));
  }
}

Inherited Judge::root(std::uint32_t root) const {
  const Place& place = places_[root];
  Inherited below{.matched = match_.empty(), .stays = Fate::kGoes};
  const auto kept = [&](const std::string& path) { return context_.keep.cover(path) != nullptr; };
  if (std::any_of(place.paths.begin(), place.paths.end(), kept))
    below.stays = Fate::kKeptByUser;
  else if (place.locked)
    below.stays = Fate::kLocked;
  return below;
}

const std::string* Judge::guarded(const std::vector<PathGuard>& guards, const Place& place,
                                  std::string_view relative) const {
  for (std::size_t i = 0; i < guards.size(); ++i) {
    if (guards[i].empty()) continue;
    const std::string path = place.paths[i] + "/" + std::string(relative);
    if (const std::string* reason = guards[i].match(path)) return reason;
  }
  return nullptr;
}

bool Judge::matched(std::string_view relative, const Inherited& above) const {
  return above.matched || any_matches(match_, relative);
}

// What the name alone decides.
Fate Judge::path_fate(const Place& place, std::string_view relative, const Inherited& above) const {
  if (guarded(place.never, place, relative) != nullptr) return Fate::kNever;
  if (above.stays == Fate::kKeptByUser || above.stays == Fate::kKeptByRule) return above.stays;
  if (guarded(place.keep, place, relative) != nullptr) return Fate::kKeptByUser;
  if (any_matches(keep_, relative)) return Fate::kKeptByRule;
  return Fate::kGoes;
}

Fate Judge::last_checks(const struct stat& status, const Inherited& above) const {
  if (!context_.running.empty()) return Fate::kRunning;
  if (above.stays != Fate::kGoes) return above.stays;
  if (context_.open_files.contains(status.st_dev, status.st_ino)) return Fate::kOpen;
  if (context_.rule.older_than && !context_.whole_item &&
      youngest_of(status) > context_.now_ns - context_.rule.older_than->count())
    return Fate::kRecent;
  if (context_.claimed.contains({status.st_dev, status.st_ino})) return Fate::kClaimed;
  return Fate::kGoes;
}

Fate Judge::entry(std::uint32_t root, std::string_view relative, const struct stat& status,
                  const Inherited& above) const {
  if (const Fate fate = path_fate(places_[root], relative, above); fate != Fate::kGoes) return fate;
  if (!matched(relative, above)) return Fate::kUnmatched;
  if (status.st_uid != context_.owner) return Fate::kForeign;
  if (S_ISLNK(status.st_mode) && !context_.whole_item) return Fate::kLink;
  if (!S_ISREG(status.st_mode) && !context_.whole_item) return Fate::kSpecial;
  return last_checks(status, above);
}

Fate Judge::directory(std::uint32_t root, std::string_view relative, const struct stat& status,
                      const Inherited& above, Inherited& below) const {
  below = above;
  const Fate by_path = path_fate(places_[root], relative, above);
  if (by_path == Fate::kNever) return by_path;
  // Another user's directory is not opened: what is in it is none of our business.
  if (status.st_uid != context_.owner) return Fate::kForeign;
  below.matched = matched(relative, above);
  if (by_path != Fate::kGoes) {
    below.stays = by_path;
    return by_path;
  }
  // Somebody works in it, or has locked it: so is what lies in it.
  if (below.stays == Fate::kGoes && context_.open_files.contains(status.st_dev, status.st_ino))
    below.stays = Fate::kOpen;
  return below.matched ? last_checks(status, below) : Fate::kUnmatched;
}

std::string Judge::words(Fate fate) const {
  switch (fate) {
    case Fate::kNever:
      return "never touched";
    case Fate::kKeptByUser:
      return "on your keep list";
    case Fate::kKeptByRule:
      return "kept by the rule";
    case Fate::kForeign:
      return "not owned by you";
    case Fate::kLink:
      return "symbolic link";
    case Fate::kSpecial:
      return "socket, pipe or device";
    case Fate::kOtherDevice:
      return "on another file system";
    case Fate::kRunning:
      return context_.running;
    case Fate::kLocked:
      return "locked by a running program";
    case Fate::kOpen:
      return "open in a program";
    case Fate::kRecent:
      return "too recent";
    case Fate::kFamily:
      return "part of a database that stays";
    case Fate::kLinkedElsewhere:
      return "hard-linked from elsewhere";
    case Fate::kClaimed:
      return "counted in another category";
    case Fate::kTooDeep:
      return "nested too deeply";
    case Fate::kGoes:
    case Fate::kUnmatched:
      break;
  }
  return {};
}

std::string Judge::reason_to_go(std::int64_t youngest_ns) const {
  if (!context_.rule.older_than || context_.whole_item) return context_.rule.cost;
  using std::chrono::days;
  const auto age =
      std::chrono::duration_cast<days>(std::chrono::nanoseconds(context_.now_ns - youngest_ns));
  return "not used for " + base::format_duration(age);
}

}  // namespace lull::scan
