// SPDX-License-Identifier: MIT
#include "core/clean/purger.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "core/base/bytes.h"
#include "core/clean/old_place.h"
#include "core/clean/run_record.h"

namespace lull::clean {
namespace {

using Place = std::pair<std::string, std::string>;  // a trash and a name in it

struct Condemned {
  const CleanItem* item;
  TrashedItem thing;
};

class PurgeRun {
 public:
  PurgeRun(CleanJournal& journal, const base::Clock& clock, const PurgeOptions& options)
      : journal_(journal), options_(options), record_(journal, clock, options.fault) {}

  base::Result<PurgeRunResult> run(const std::vector<CleanItem>& items) {
    sort(items);
    if (!condemned_.empty()) {
      const auto run = record_.begin("purge", options_.origin);
      if (!run) return tl::unexpected(run.error());
      result_.run = *run;
      pass(options_.fault, FaultPoint::kRunBegun);
    }
    mark(gone_, ItemState::kPurged);
    mark(back_, ItemState::kRestored);
    tell_what_is_expected(options_.progress, "removing for good", condemned_,
                          [](const Condemned& one) -> const CleanItem& { return *one.item; });
    remove_all();
    finish();
    return std::move(result_);
  }

 private:
  // What is there to be removed, and what somebody else has taken care of.
  void sort(const std::vector<CleanItem>& items) {
    std::map<Place, TrashedItem> found;
    for (TrashedItem& thing : list_trash(options_.places, [](const auto&, const auto&) {})) {
      Place place{thing.trash, thing.name};
      found.emplace(std::move(place), std::move(thing));
    }
    std::map<std::string, std::string> away;  // why a trash cannot be looked into
    for (const CleanItem& item : items) {
      const auto thing = found.find({item.trash, item.name});
      if (thing != found.end() && is_what_was_moved(thing->second, item) &&
          (may_be_begun(item) || has_its_time(item)))
        condemned_.push_back({&item, thing->second});
      else
        note_gone(item, away);
    }
  }

  // The time of a directory that a killed purge has begun with has changed.
  static bool may_be_begun(const CleanItem& item) {
    return item.directory && item.state == ItemState::kPurging;
  }

  void note_gone(const CleanItem& item, std::map<std::string, std::string>& away) {
    auto known = away.find(item.trash);
    if (known == away.end()) {
      const auto trash = Trash::open(options_.places, item.trash);
      known = away.emplace(item.trash, trash ? "" : trash.error().to_string()).first;
    }
    if (known->second.empty() && item.state == ItemState::kPurging) remove_orphan(item);
    if (at_old_place(item, Descent::kOneCall) == Presence::kThere)
      back_.push_back(item.item);
    else if (known->second.empty())
      gone_.push_back(item.item);
    else
      result_.failed.push_back({item.path, "its trash is not there: " + known->second});
  }

  // A purge was killed between the thing and its info. Nothing happens if there is a thing again.
  void remove_orphan(const CleanItem& item) const {
    const auto trash = Trash::open(options_.places, item.trash);
    if (trash) (void)(*trash)->release(item.name);
  }

  void mark(const std::vector<std::int64_t>& items, ItemState state) {
    if (items.empty() || result_.stopped) return;
    if (auto marked = journal_.mark(items, state); !marked)
      result_.stopped = std::move(marked).error().while_doing("writing down what is purged");
    else if (state != ItemState::kPurging)
      result_.gone += items.size();
  }

  void remove_all() {
    std::span<const Condemned> rest(condemned_);
    while (!rest.empty() && !result_.stopped) {
      if ((result_.cancelled = options_.cancel.cancelled())) return;
      const std::size_t count = std::min(std::max<std::size_t>(options_.batch, 1), rest.size());
      remove(rest.first(count));
      rest = rest.subspan(count);
    }
  }

  void remove(std::span<const Condemned> batch) {
    std::vector<std::int64_t> ids;
    std::vector<TrashedItem> things;
    for (const Condemned& one : batch) {
      ids.push_back(one.item->item);
      things.push_back(one.thing);
    }
    if (auto marked = journal_.mark(ids, ItemState::kPurging); !marked) {
      result_.stopped = std::move(marked).error().while_doing("writing down what is to be purged");
      return;
    }
    pass(options_.fault, FaultPoint::kCondemned);
    // A batch is not cut in the middle: what is marked is removed.
    const PurgeResult removed = purge(options_.places, things, options_.width, {});
    pass(options_.fault, FaultPoint::kRemoved);
    result_.predicted_bytes += removed.predicted_bytes;
    result_.freed_bytes += removed.freed_bytes;
    write_down(batch, removed);
    pass(options_.fault, FaultPoint::kPurged);
  }

  void write_down(std::span<const Condemned> batch, const PurgeResult& removed) {
    std::vector<std::int64_t> purged;
    std::map<std::string, std::unique_ptr<Trash>> trashes;
    for (const Condemned& one : batch) {
      if (is_still_there(one, trashes)) {
        result_.failed.push_back({one.item->path, why_not(one, removed)});
        continue;
      }
      purged.push_back(one.item->item);
      ++result_.purged_items;
      result_.purged_entries += one.item->entries;
      if (options_.progress != nullptr) options_.progress->add(one.item->entries, one.item->bytes);
    }
    if (purged.empty()) return;
    if (auto marked = journal_.mark(purged, ItemState::kPurged); !marked && !result_.stopped)
      result_.stopped = std::move(marked).error().while_doing("writing down what was purged");
  }

  bool is_still_there(const Condemned& one,
                      std::map<std::string, std::unique_ptr<Trash>>& trashes) const {
    auto known = trashes.find(one.thing.trash);
    if (known == trashes.end()) {
      auto opened = Trash::open(options_.places, one.thing.trash);
      known = trashes.emplace(one.thing.trash, opened ? *std::move(opened) : nullptr).first;
    }
    return known->second == nullptr ||
           known->second->has(one.thing.name, one.thing.device, one.thing.inode);
  }

  static std::string why_not(const Condemned& one, const PurgeResult& removed) {
    const std::string place = one.thing.trash + "/files/" + one.thing.name;
    for (const auto& failure : removed.failures)
      if (failure.path == place || failure.path.starts_with(place + "/"))
        return failure.path + ": " + failure.error;
    return "it is still in the trash";
  }

  void finish() {
    result_.outcome = outcome_of({result_.purged_items, result_.failed.size(), 0,
                                  result_.stopped.has_value(), result_.cancelled});
    const std::uint64_t freed =
        result_.freed_bytes > 0 ? static_cast<std::uint64_t>(result_.freed_bytes) : 0;
    std::string summary =
        std::to_string(result_.purged_entries) +
        " removed from the trash for good: " + base::format_bytes(result_.predicted_bytes) +
        " expected, " + base::format_bytes(freed) + " more are free";
    if (!result_.failed.empty())
      summary += "; " + std::to_string(result_.failed.size()) + " failed";
    record_.finish(result_.purged_entries, freed, result_.outcome, std::move(summary),
                   result_.stopped);
  }

  CleanJournal& journal_;
  const PurgeOptions& options_;
  RunRecord record_;
  std::vector<Condemned> condemned_;
  std::vector<std::int64_t> gone_, back_;
  PurgeRunResult result_;
};

}  // namespace

bool is_what_was_moved(const TrashedItem& found, const CleanItem& item) {
  using std::chrono::floor, std::chrono::seconds, std::chrono::minutes, std::chrono::hours;
  if (found.device != item.device || found.inode != item.inode || found.original != item.path)
    return false;
  const auto apart = abs(floor<seconds>(found.deleted_at) - floor<seconds>(item.deleted_at));
  return apart <= hours(26) && apart % minutes(15) == seconds(0);
}

base::Result<PurgeRunResult> purge_moved(const std::vector<CleanItem>& items, CleanJournal& journal,
                                         const base::Clock& clock, const PurgeOptions& options) {
  return PurgeRun(journal, clock, options).run(items);
}

}  // namespace lull::clean
