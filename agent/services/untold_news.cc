// SPDX-License-Identifier: MIT
#include "agent/services/untold_news.h"

#include <chrono>
#include <tuple>

#include "core/base/local_time.h"

namespace lull::agent {
namespace {

constexpr auto kApart = std::chrono::hours(12);

bool is_move(const model::HistoryEntry& entry) {
  return entry.kind == "clean" && entry.origin == "automatic";
}

void add_moved(AutoCleanNews& news, const model::HistoryEntry& entry) {
  const bool newest = news.run == 0;
  if (newest) news.run = entry.run;
  (newest ? news.moved_items : news.earlier_items) += entry.items;
  (newest ? news.moved_bytes : news.earlier_bytes) += entry.bytes;
}

void add_shown(UntoldNews& untold, const model::HistoryEntry& entry) {
  AutoCleanNews& news = untold.news;
  if (news.rehearsal == 0) news.rehearsal = entry.run;
  news.shown_items += entry.items;
  news.shown_bytes += entry.bytes;
  untold.rehearsals.push_back(entry.run);
}

auto day_of(base::WallTime time) {
  const std::tm local = base::local_time(time);
  return std::tuple(local.tm_year, local.tm_yday);
}

}  // namespace

std::optional<UntoldNews> untold_news(const std::vector<model::HistoryEntry>& newest_first,
                                      const model::AutoState& state, clean::AutoMode mode) {
  UntoldNews untold;
  untold.news.on = mode == clean::AutoMode::kOn;
  // Once it is on, what was shown before a run that moves has moved with it.
  bool shown_counts = untold.news.on || (mode == clean::AutoMode::kRehearse && !state.told_at);
  for (const model::HistoryEntry& entry : newest_first) {
    if (entry.run <= state.told_run) continue;
    if (is_move(entry)) {
      if (entry.undoable) add_moved(untold.news, entry);
      if (untold.news.on) shown_counts = false;
    } else if (shown_counts && entry.origin == "rehearsal") {
      add_shown(untold, entry);
    }
  }
  if (untold.news.newest() == 0) return std::nullopt;
  return untold;
}

bool may_tell(const std::optional<base::WallTime>& told_at, base::WallTime now) {
  if (!told_at) return true;
  // What is stored may be anything, so nothing is added to it.
  const bool apart = now + kApart <= *told_at || now - kApart >= *told_at;
  return apart && day_of(now) != day_of(*told_at);
}

}  // namespace lull::agent
