// SPDX-License-Identifier: MIT
#include "core/clean/planner.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include <sys/stat.h>

#include "core/base/keyed_hash.h"
#include "core/base/path_text.h"
#include "core/cache/scan_verdicts.h"
#include "core/scan/dead_mounts.h"
#include "core/scan/status_values.h"

namespace lull::clean {
namespace {

using model::CategoryReport;
using model::ScanEntry;

struct Candidate {
  const CategoryReport* category = nullptr;
  const ScanEntry* entry = nullptr;
};

// With what is in a directory right behind it: "a", "a/b", "a-b".
bool below_first(std::string_view a, std::string_view b) {
  const auto rank = [](char c) { return c == '/' ? 0 : 1 + static_cast<unsigned char>(c); };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&](char x, char y) { return rank(x) < rank(y); });
}

std::string new_id() {
  char text[19];
  const std::uint64_t number = base::KeyedHash::random()("plan");
  std::snprintf(text, sizeof text, "p-%016llx", static_cast<unsigned long long>(number));
  return text;
}

// The deepest of the category's roots that holds `path`; null if none does.
const std::string* root_of(const CategoryReport& category, std::string_view path) {
  const std::string* deepest = nullptr;
  for (const std::string& root : category.roots)
    if (base::is_at_or_below(path, root) && (deepest == nullptr || root.size() > deepest->size()))
      deepest = &root;
  return deepest;
}

class Planner {
 public:
  Planner(const model::ScanReport& report, const PlanSource& source)
      : source_(source),
        mounts_(scan::MountsThatMayHang::find()),
        began_ns_(
            std::chrono::nanoseconds((report.as_of - cache::kTick).time_since_epoch()).count()) {
    making_.plan.id = new_id();
    making_.plan.owner = source.owner;
    making_.plan.made_at = report.as_of;
    making_.plan.basis = source.basis;
  }

  PlanMaking run(const model::ScanReport& report) {
    for (const CategoryReport& category : report.categories) collect(category);
    std::sort(candidates_.begin(), candidates_.end(), [](const auto& a, const auto& b) {
      return below_first(a.entry->path, b.entry->path);
    });
    for (std::size_t at = 0; at < candidates_.size();) at = take_with_what_is_below(at);
    const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
    std::sort(making_.plan.items.begin(), making_.plan.items.end(), by_path);
    std::sort(making_.left_out.begin(), making_.left_out.end(), by_path);
    return std::move(making_);
  }

 private:
  void collect(const CategoryReport& category) {
    const scan::Rule* rule = source_.rules.find(category.id);
    const char* why = rule == nullptr               ? "its rule is not there any more"
                      : scan::is_about_trash(*rule) ? "it is in the trash already"
                                                    : nullptr;
    for (const ScanEntry& entry : category.entries) {
      if (entry.stays) continue;
      if (why != nullptr)
        leave(entry.path, why);
      else
        candidates_.push_back({&category, &entry});
    }
  }

  // Everything in a directory that goes goes: it is moved by one rename. Returns what comes next.
  std::size_t take_with_what_is_below(std::size_t at) {
    const std::string& path = candidates_[at].entry->path;
    std::size_t next = at + 1;
    std::uint64_t bytes = candidates_[at].entry->bytes;
    while (next < candidates_.size() && base::is_below(candidates_[next].entry->path, path))
      bytes += candidates_[next++].entry->bytes;
    take(candidates_[at], bytes, next - at);
    return next;
  }

  void take(const Candidate& candidate, std::uint64_t bytes, std::uint64_t entries) {
    const ScanEntry& entry = *candidate.entry;
    const std::string* root = root_of(*candidate.category, entry.path);
    if (root == nullptr) return leave(entry.path, "the scan does not say where its rule looked");
    if (mounts_.is_on_another(entry.path, source_.home))
      return leave(entry.path, "it is on a file system that may hang");
    struct stat status {};
    if (::lstat(entry.path.c_str(), &status) != 0)
      return leave(entry.path, "it is not there any more");
    if (entry.device != static_cast<std::uint64_t>(status.st_dev) ||
        entry.inode != static_cast<std::uint64_t>(status.st_ino))
      return leave(entry.path, "something else has its name now");
    const scan::StatusTimes times = scan::times_of(status);
    if (times.ctime_ns >= began_ns_)
      return leave(entry.path, "it has changed since the scan began");
    PlanItem item;
    item.rule = candidate.category->id;
    item.root = *root;
    item.path = entry.path;
    item.directory = S_ISDIR(status.st_mode);
    item.device = entry.device;
    item.inode = entry.inode;
    item.size = item.directory ? 0 : static_cast<std::uint64_t>(status.st_size);
    item.mtime_ns = times.mtime_ns;
    item.ctime_ns = times.ctime_ns;
    item.bytes = bytes;
    item.entries = entries;
    making_.plan.items.push_back(std::move(item));
  }

  void leave(const std::string& path, const char* why) { making_.left_out.push_back({path, why}); }

  const PlanSource& source_;
  const scan::MountsThatMayHang mounts_;
  const std::int64_t began_ns_;
  std::vector<Candidate> candidates_;
  PlanMaking making_;
};

}  // namespace

PlanMaking make_plan(const model::ScanReport& report, const PlanSource& source) {
  return Planner(report, source).run(report);
}

std::string plan_basis(std::string_view version, std::uint64_t rules,
                       const std::vector<std::string>& keep) {
  std::string all(version);
  all.append(1, '\0').append(std::to_string(rules));
  for (const std::string& path : keep) all.append(1, '\0').append(path);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(base::KeyedHash(3, 4)(all)));
  return text;
}

}  // namespace lull::clean
