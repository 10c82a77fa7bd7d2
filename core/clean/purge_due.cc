// SPDX-License-Identifier: MIT
#include "core/clean/purge_due.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <sys/statvfs.h>

#include "core/clean/lived_time.h"

namespace lull::clean {
namespace {

constexpr unsigned long kOneIn = 20;

using Items = std::vector<CleanItem>;

base::Status add(Items& due, base::Result<Items> more) {
  if (!more) return tl::unexpected(std::move(more).error());
  due.insert(due.end(), std::make_move_iterator(more->begin()),
             std::make_move_iterator(more->end()));
  return {};
}

// In their order, each once.
Items sorted(Items due) {
  std::sort(due.begin(), due.end(),
            [](const CleanItem& a, const CleanItem& b) { return a.item < b.item; });
  due.erase(std::unique(due.begin(), due.end(),
                        [](const CleanItem& a, const CleanItem& b) { return a.item == b.item; }),
            due.end());
  return due;
}

}  // namespace

base::Result<Items> items_to_purge(
    CleanJournal& journal, const base::Clock& clock, base::Duration purge_after,
    const std::function<bool(const std::string& trash)>& is_nearly_full) {
  const auto lived = journal.live_until(read_time(clock));
  if (!lived) return tl::unexpected(lived.error());
  Items due;
  LULL_TRY(add(due, journal.being_purged()));
  LULL_TRY(add(due, journal.moved_by_runs_before(
                        *lived - std::chrono::duration_cast<LivedTime>(purge_after))));
  const auto trashes = journal.trashes_in_use();
  if (!trashes) return tl::unexpected(trashes.error());
  for (const std::string& trash : *trashes)
    if (is_nearly_full(trash)) LULL_TRY(add(due, journal.moved_to(trash)));
  return sorted(std::move(due));
}

bool is_nearly_full(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0 || status.f_blocks == 0) return false;
  return status.f_bavail < status.f_blocks / kOneIn;
}

}  // namespace lull::clean
