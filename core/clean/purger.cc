// SPDX-License-Identifier: MIT
#include "core/clean/purger.h"

#include <algorithm>
#include <chrono>
#include <deque>
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

// What speaks against an item that is in the trash, or may be.
constexpr const char* kChanged = "it was changed in the trash, and stays there";
constexpr const char* kNoInfo = "it is in the trash, but not with a .trashinfo that says so";
constexpr const char* kNotLookedAt = "whether it is still in the trash cannot be looked at";
constexpr const char* kNoOldPlace = "it is not in the trash; its old place cannot be looked at";

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
    result_.left_bytes -= result_.stopped ? 0 : gone_bytes_;
    tell_what_is_expected(options_.progress, "removing for good", condemned_,
                          [](const Condemned& one) -> const CleanItem& { return *one.item; });
    remove_all();
    finish();
    return std::move(result_);
  }

 private:
  // What is there to be removed, and what somebody else has taken care of.
  void sort(const std::vector<CleanItem>& items) {
    const std::map<Place, TrashedItem> found = list();
    for (const CleanItem& known : items) {
      const CleanItem& item = as_mounted_now(known);
      result_.left_bytes += item.bytes;
      const auto thing = found.find({item.trash, item.name});
      if (thing == found.end())
        note_missing(item);
      else if (!is_what_was_moved(thing->second, item))
        note_gone(item);
      else if (may_be_begun(item) || has_its_time(item))
        condemned_.push_back({&item, thing->second});
      else
        fail(item, kChanged);
    }
  }

  const CleanItem& as_mounted_now(const CleanItem& item) {
    const auto& trash = trash_of(item.trash);
    if (!trash) return item;
    const std::uint64_t device = device_now(item, **trash);
    if (device == item.device) return item;
    mounted_anew_.push_back(item);
    mounted_anew_.back().device = device;
    return mounted_anew_.back();
  }

  std::map<Place, TrashedItem> list() {
    std::map<Place, TrashedItem> found;
    const auto problem = [this](std::string path, std::string why) {
      problems_.emplace(std::move(path), std::move(why));
    };
    for (TrashedItem& thing : list_trash(options_.places, problem)) {
      Place place{thing.trash, thing.name};
      found.emplace(std::move(place), std::move(thing));
    }
    return found;
  }

  // The time of a directory that a killed purge has begun with has changed.
  static bool may_be_begun(const CleanItem& item) {
    return item.directory && item.state == ItemState::kPurging;
  }

  // Not listed, which may be for want of a descriptor: its trash is asked for this very thing.
  void note_missing(const CleanItem& item) {
    const auto& trash = trash_of(item.trash);
    if (!trash) {
      if (at_old_place(item, Descent::kOneCall) == Presence::kThere) return note_back(item);
      return fail(item, "its trash is not there: " + trash.error().to_string());
    }
    switch ((*trash)->look_for(item.name, item.device, item.inode)) {
      case Presence::kThere:
        return fail(item, why_not_listed(item));
      case Presence::kUnknown:
        return fail(item, kNotLookedAt);
      case Presence::kNotThere:
        break;
    }
    // A purge was killed between the thing and its info. Nothing happens if there is a thing again.
    if (item.state == ItemState::kPurging) (void)(*trash)->release(item.name);
    note_gone(item);
  }

  // It is not in the trash, or not by us any more.
  void note_gone(const CleanItem& item) {
    switch (at_old_place(item, Descent::kOneCall)) {
      case Presence::kThere:
        return note_back(item);
      case Presence::kUnknown:
        return fail(item, kNoOldPlace);
      case Presence::kNotThere:
        gone_.push_back(item.item);
        gone_bytes_ += item.bytes;
    }
  }
  void note_back(const CleanItem& item) {
    back_.push_back(item.item);
    gone_bytes_ += item.bytes;
  }
  void fail(const CleanItem& item, std::string why) {
    result_.failed.push_back({item.path, std::move(why)});
  }

  const base::Result<std::unique_ptr<Trash>>& trash_of(const std::string& path) {
    auto known = trashes_.find(path);
    if (known == trashes_.end())
      known = trashes_.emplace(path, Trash::open(options_.places, path)).first;
    return known->second;
  }

  std::string why_not_listed(const CleanItem& item) const {
    for (const std::string& path : {item.trash, item.trash + "/files/" + item.name,
                                    item.trash + "/info/" + item.name + ".trashinfo"})
      if (const auto why = problems_.find(path); why != problems_.end())
        return std::string(kNoInfo) + ": " + why->second;
    return kNoInfo;
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
      if (result_.cancelled || (result_.cancelled = options_.cancel.cancelled())) return;
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
    const PurgeResult removed = purge(options_.places, things, options_.width, options_.cancel);
    pass(options_.fault, FaultPoint::kRemoved);
    result_.predicted_bytes += removed.predicted_bytes;
    result_.freed_bytes += removed.freed_bytes;
    write_down(batch, removed);
    pass(options_.fault, FaultPoint::kPurged);
  }

  void write_down(std::span<const Condemned> batch, const PurgeResult& removed) {
    std::vector<std::int64_t> purged, whole;
    std::uint64_t purged_bytes = 0;
    const bool is_cut = options_.cancel.cancelled();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const CleanItem& item = *batch[i].item;
      if (is_still_there(batch[i])) {
        const bool is_whole = !removed.touched[i] && !may_be_begun(item);
        if (is_whole) whole.push_back(item.item);
        if (is_whole && is_cut)
          result_.cancelled = true;
        else
          fail(item, why_not(batch[i], removed));
        continue;
      }
      purged.push_back(item.item);
      purged_bytes += item.bytes;
      ++result_.purged_items;
      result_.purged_entries += item.entries;
      if (options_.progress != nullptr) options_.progress->add(item.entries, item.bytes);
    }
    // On another volume the removal may reach the disk later than the journal, or never.
    if (const auto flushed = flush_other_volumes(batch); flushed)
      note_purged(purged, ItemState::kPurged);
    else if (!result_.stopped)
      result_.stopped = flushed.error();
    note_purged(whole, ItemState::kMoved);
    result_.left_bytes -= purged_bytes;
  }

  base::Status flush_other_volumes(std::span<const Condemned> batch) {
    std::set<std::string> paths;
    for (const Condemned& one : batch) paths.insert(one.thing.trash);
    const auto own = journal_.device();
    for (const std::string& path : paths)
      if (const auto& trash = trash_of(path); trash && own && (*trash)->device() != *own)
        LULL_TRY((*trash)->flush());
    return {};
  }

  void note_purged(const std::vector<std::int64_t>& items, ItemState state) {
    if (items.empty()) return;
    if (auto marked = journal_.mark(items, state); !marked && !result_.stopped)
      result_.stopped = std::move(marked).error().while_doing("writing down what was purged");
  }

  bool is_still_there(const Condemned& one) {
    const auto& trash = trash_of(one.thing.trash);
    return !trash || (*trash)->look_for(one.thing.name, one.thing.device, one.thing.inode) !=
                         Presence::kNotThere;
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
  std::deque<CleanItem> mounted_anew_;  // with the device that their volume has now
  std::vector<Condemned> condemned_;
  std::map<std::string, base::Result<std::unique_ptr<Trash>>> trashes_;  // by path
  std::map<std::string, std::string> problems_;                          // of the listing, by path
  std::vector<std::int64_t> gone_, back_;
  std::uint64_t gone_bytes_ = 0;
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
