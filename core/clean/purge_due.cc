// SPDX-License-Identifier: MIT
#include "core/clean/purge_due.h"

#include <map>
#include <utility>

#include <sys/statvfs.h>

namespace lull::clean {
namespace {

constexpr unsigned long kOneIn = 20;

}  // namespace

base::Result<std::vector<CleanItem>> items_to_purge(
    CleanJournal& journal, base::WallTime now, base::Duration purge_after,
    const std::function<bool(const std::string& trash)>& is_nearly_full) {
  auto due = journal.being_purged();
  if (!due) return due;
  auto moved = journal.moved_before(base::WallTime::max());
  if (!moved) return moved;
  const base::WallTime oldest =
      now - std::chrono::duration_cast<base::WallTime::duration>(purge_after);
  std::map<std::string, bool> full;  // each trash is asked once
  for (CleanItem& item : *moved) {
    auto known = full.find(item.trash);
    if (known == full.end()) known = full.emplace(item.trash, is_nearly_full(item.trash)).first;
    if (item.deleted_at < oldest || known->second) due->push_back(std::move(item));
  }
  return due;
}

bool is_nearly_full(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0 || status.f_blocks == 0) return false;
  return status.f_bavail < status.f_blocks / kOneIn;
}

}  // namespace lull::clean
