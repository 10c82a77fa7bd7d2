// SPDX-License-Identifier: MIT
#include "core/cache/scan_verdicts.h"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <sys/stat.h>

#include "core/cache/safety_score.h"
#include "core/scan/dead_mounts.h"
#include "core/scan/status_values.h"

namespace lull::cache {
namespace {

using model::CategoryReport;
using model::FileVerdict;
using model::ScanEntry;

struct Item {
  const CategoryReport* category = nullptr;
  const ScanEntry* entry = nullptr;
};

std::int64_t nanoseconds(base::WallTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

FileVerdict verdict_of(const Item& item, base::WallTime as_of) {
  FileVerdict verdict;
  verdict.path = item.entry->path;
  verdict.bytes = item.entry->bytes;
  verdict.rule = item.category->id;
  verdict.tier = item.category->tier;
  verdict.goes = !item.entry->stays;
  verdict.reason = item.entry->reason;
  if (item.entry->stays) verdict.score = safety_score({verdict.tier, true, std::nullopt, 0});
  verdict.as_of = as_of;
  return verdict;
}

unsigned count_true(std::initializer_list<bool> guards) {
  return static_cast<unsigned>(std::count(guards.begin(), guards.end(), true));
}

// The change times of directories, each looked at once.
class Directories {
 public:
  explicit Directories(std::int64_t began_ns) : began_ns_(began_ns) {}

  // Has no directory above `path` changed since?
  bool unchanged_above(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return false;
    const std::string above(slash == 0 ? "/" : path.substr(0, slash));
    if (const auto known = seen_.find(above); known != seen_.end()) return known->second;
    const bool unchanged = is_unchanged(above) && (slash == 0 || unchanged_above(above));
    seen_.emplace(above, unchanged);
    return unchanged;
  }

 private:
  bool is_unchanged(const std::string& directory) const {
    struct stat status {};
    return ::lstat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           scan::times_of(status).ctime_ns < began_ns_;
  }

  const std::int64_t began_ns_;
  std::unordered_map<std::string, bool> seen_;
};

bool is_what_was_judged(const ScanEntry& entry, const struct stat& status, Directories& above) {
  if (entry.inode == 0) return above.unchanged_above(entry.path);
  return entry.device == static_cast<std::uint64_t>(status.st_dev) &&
         entry.inode == static_cast<std::uint64_t>(status.st_ino);
}

std::vector<Item> largest_items(const model::ScanReport& report, std::size_t limit) {
  std::vector<Item> items;
  for (const CategoryReport& category : report.categories)
    for (const ScanEntry& entry : category.entries) items.push_back({&category, &entry});
  if (items.size() <= limit) return items;
  std::nth_element(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(limit), items.end(),
                   [](const Item& a, const Item& b) { return a.entry->bytes > b.entry->bytes; });
  items.resize(limit);
  return items;
}

std::optional<unsigned> score_of(const FileVerdict& verdict, const RuleGuards& guards,
                                 const scan::StatusTimes& times) {
  const std::int64_t youngest = std::max({times.mtime_ns, times.ctime_ns, times.atime_ns});
  const base::Duration unused(nanoseconds(verdict.as_of) - youngest);
  const auto guard = guards.find(verdict.rule);
  return safety_score(
      {verdict.tier, !verdict.goes, unused, guard == guards.end() ? 0 : guard->second});
}

const ScanEntry* find(const CategoryReport& category, std::string_view path) {
  const auto found =
      std::lower_bound(category.entries.begin(), category.entries.end(), path,
                       [](const ScanEntry& entry, std::string_view p) { return entry.path < p; });
  return found != category.entries.end() && found->path == path ? &*found : nullptr;
}

std::optional<Item> find(const model::ScanReport& report, std::string_view path) {
  for (const CategoryReport& category : report.categories)
    if (const ScanEntry* entry = find(category, path)) return Item{&category, entry};
  return std::nullopt;
}

// Do things within an item share its fate? Everything within an item of the trash; within another
// directory only what stays because the directory does, since what goes is listed one by one.
bool covers(const Item& item, const scan::RuleSet& rules) {
  const scan::Rule* rule = rules.find(item.category->id);
  return item.entry->stays || (rule != nullptr && rule->by_deletion_date);
}

}  // namespace

RuleGuards guards_of(const scan::RuleSet& rules) {
  RuleGuards guards;
  for (const scan::Rule& rule : rules.rules())
    guards[rule.id] = count_true(
        {rule.older_than.has_value(), !rule.not_running.empty() || rule.not_running_flatpak,
         !rule.lock_files.empty() || !rule.locks_held.empty(),
         rule.file_format != scan::FileFormat::kAny, rule.cachedir_tag, !rule.beside.empty(),
         rule.newest_stay > 0, rule.not_in_git_index});
  return guards;
}

std::vector<KnownFile> verdicts_of(const model::ScanReport& report, const RuleGuards& guards,
                                   std::size_t limit, std::string_view home) {
  const auto mounts = scan::MountsThatMayHang::find();
  const std::int64_t began_ns = nanoseconds(report.as_of - kTick);
  Directories directories(began_ns);
  std::vector<KnownFile> known;
  for (const Item& item : largest_items(report, limit)) {
    struct stat status {};
    if (mounts.is_on_another(item.entry->path, home)) continue;
    if (::lstat(item.entry->path.c_str(), &status) != 0) continue;
    const scan::StatusTimes times = scan::times_of(status);
    if (times.ctime_ns >= began_ns || !is_what_was_judged(*item.entry, status, directories))
      continue;
    FileVerdict verdict = verdict_of(item, report.as_of);
    verdict.score = score_of(verdict, guards, times);
    known.push_back({identity_of(status), std::move(verdict)});
  }
  return known;
}

FileVerdict verdict_in(const model::ScanReport& report, const scan::RuleSet& rules,
                       std::string_view path) {
  if (const auto item = find(report, path)) return verdict_of(*item, report.as_of);
  FileVerdict verdict;
  for (std::size_t slash = path.rfind('/'); slash != 0 && slash != std::string_view::npos;
       slash = path.rfind('/', slash - 1)) {
    const auto above = find(report, path.substr(0, slash));
    if (!above || !covers(*above, rules)) continue;
    verdict = verdict_of(*above, report.as_of);
    verdict.bytes.reset();  // its own are not in the report
    verdict.reason += (verdict.reason.empty() ? "part of " : "; part of ") + verdict.path;
    break;
  }
  verdict.path = path;
  verdict.as_of = report.as_of;
  return verdict;
}

}  // namespace lull::cache
