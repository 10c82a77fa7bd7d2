// SPDX-License-Identifier: MIT
#include "core/clean/recovery.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include <fcntl.h>

#include "core/clean/copying_trash.h"
#include "core/clean/old_place.h"
#include "core/scan/peek.h"
#include "core/scan/trash_info.h"

namespace lull::clean {
namespace {

constexpr std::size_t kLongestInfo = std::size_t{64} * 1024;
constexpr std::size_t kBatch = 256;
// Within so long the kernel writes what it was given, with much to spare.
constexpr auto kYoung = std::chrono::minutes(10);

// Does the info of `name` say that something else is there? One that is missing or garbage, as a
// power cut leaves it, says nothing. (The trash of a volume has paths from its top.)
bool is_of_another(const Trash& trash, const std::string& name, const std::string& original) {
  const std::string file = trash.path() + "/info/" + name + ".trashinfo";
  const auto text = scan::peek_text(AT_FDCWD, file.c_str(), kLongestInfo);
  const auto info = text ? scan::parse_trash_info(*text) : std::nullopt;
  if (!info) return false;
  return info->path != original && !original.ends_with("/" + info->path);
}

// The name with the token first: nobody else has that.
std::array<std::string, 2> names_of(const CleanItem& item) {
  return {fallback_name(item.wanted, item.token), item.wanted};
}

// The name that an item has in the trash; empty if it is not there, nothing if that cannot be told.
std::optional<std::string> name_in_trash(Trash& trash, const CleanItem& item) {
  bool is_sure = true;
  for (const std::string& name : names_of(item)) {
    const Presence presence = trash.look_for(name, item.device, item.inode);
    if (presence == Presence::kThere && !is_of_another(trash, name, item.path)) return name;
    if (presence == Presence::kUnknown) is_sure = false;
  }
  if (!is_sure) return std::nullopt;
  return std::string();
}

class Settling {
 public:
  Settling(CleanJournal& journal, const SettleOptions& options)
      : journal_(journal), options_(options), shelf_(options.trash) {}

  base::Result<SettleResult> run() {
    const auto items = journal_.open_intents();
    if (!items) return tl::unexpected(items.error());
    for (const CleanItem& item : *items) {
      settle(item);
      pass(options_.fault, FaultPoint::kSettling);
      if (outcomes_.size() >= kBatch) LULL_TRY(write());
    }
    LULL_TRY(write());
    LULL_TRY(finish_runs());
    LULL_TRY(look_at_infos());
    return std::move(result_);
  }

 private:
  void settle(CleanItem item) {
    const auto trash = shelf_.again(item.trash);
    if (trash) item.device = device_now(item, **trash);
    const bool no_trash = !trash && trash.error().code == base::ErrorCode::kNotFound;
    const Presence presence = at_old_place(item, options_.descent);
    if (trash && is_moved_by_copy(item) && settle_copy(item, **trash, presence)) return;
    if (presence == Presence::kThere) return was_not_moved(item, trash ? *trash : nullptr);
    if (!trash && !no_trash) return leave_open(item, trash.error().to_string());
    if (trash) {
      const std::optional<std::string> name = name_in_trash(**trash, item);
      if (!name) return leave_open(item, "its trash cannot be looked at");
      if (!name->empty()) return was_moved(item, **trash, *name);
    }
    if (presence == Presence::kUnknown) return leave_open(item, "its place cannot be looked at");
    if (!trash) return trash_is_missing(item);
    release(item, **trash);
    is_gone(item);
  }

  // Of a move by copy, which may have left things in both places. False: it has not.
  bool settle_copy(const CleanItem& item, Trash& trash, Presence presence) {
    const auto parent = open_parent(item.root, item.path, options_.descent);
    if (presence == Presence::kThere) {
      if (parent) drop_copy(trash, item, parent->get());
      return false;
    }
    const auto copy = find_copy(trash, item);
    if (parent && settle_set_aside(item, parent->get(), copy.has_value())) {
      was_not_moved(item, &trash);
      return true;
    }
    if (!copy || presence == Presence::kUnknown) return false;
    was_moved(item, trash, copy->name, *copy);
    return true;
  }

  void was_moved(const CleanItem& item, Trash& trash, const std::string& name,
                 const CopyFound& copy = {}) {
    if (const auto repaired = trash.repair_info(name, item.path, item.deleted_at); !repaired)
      return leave_open(item, repaired.error().to_string());
    ++result_.moved;
    outcomes_.push_back({item.item, ItemState::kMoved, name, {}, copy.device, copy.inode});
  }

  void was_not_moved(const CleanItem& item, Trash* trash) {
    if (trash != nullptr) release(item, *trash);
    ++result_.not_moved;
    outcomes_.push_back(
        {item.item, ItemState::kSkipped, {}, "the run ended before it was moved", 0, 0});
  }

  // Without the volume, its root is missing as well.
  void trash_is_missing(const CleanItem& item) {
    const auto root = open_root(item.root, options_.descent);
    if (!root) return leave_open(item, "neither its place nor its trash is there");
    is_gone(item);
  }

  void is_gone(const CleanItem& item) {
    constexpr const char* kWhy = "it is neither where it was nor in the trash";
    result_.gone.push_back({item.path, kWhy});
    outcomes_.push_back({item.item, ItemState::kGone, {}, kWhy, 0, 0});
  }

  void leave_open(const CleanItem& item, std::string why) {
    open_runs_.insert(item.run);
    result_.open.push_back({item.path, std::move(why)});
  }

  // An info that was written for an item which did not follow. Not one that tells of another thing.
  static void release(const CleanItem& item, Trash& trash) {
    for (const std::string& name : names_of(item))
      if (!is_of_another(trash, name, item.path)) (void)trash.release(name);
  }

  base::Status write() {
    if (outcomes_.empty()) return {};
    LULL_TRY(journal_.settle(outcomes_));
    outcomes_.clear();
    pass(options_.fault, FaultPoint::kSettled);
    return {};
  }

  base::Status finish_runs() {
    const auto runs = journal_.unfinished_runs();
    if (!runs) return tl::unexpected(runs.error());
    for (const model::HistoryEntry& run : *runs) {
      if (open_runs_.contains(run.run)) continue;
      const auto items = journal_.items_of(run.run);
      if (!items) return tl::unexpected(items.error());
      for (const CleanItem& item : *items) repair_info_of(item);
      LULL_TRY(journal_.finish_run(ended(run, *items)));
      ++result_.runs;
      pass(options_.fault, FaultPoint::kRunFinished);
    }
    return {};
  }

  // Of what the run itself has told: infos are not flushed, so a power cut may have taken the young
  // ones of its earlier batches too. Undo does without them, file managers do not.
  void repair_info_of(const CleanItem& item) {
    if (item.state != ItemState::kMoved) return;
    const auto trash = shelf_.again(item.trash);
    // A directory may have been looked into since.
    if (trash && (*trash)->has(item.name, device_now(item, **trash), item.inode) &&
        (item.directory || has_its_time(item)))
      (void)(*trash)->repair_info(item.name, item.path, item.deleted_at);
  }

  base::Status look_at_infos() {
    if (!options_.booted_at) return {};
    const auto items = journal_.last_moved_before(*options_.booted_at, kYoung);
    if (!items) return tl::unexpected(items.error());
    for (const CleanItem& item : *items) repair_info_of(item);
    return {};
  }

  // How a run ended that was not there at its end.
  static model::HistoryEntry ended(model::HistoryEntry run, const std::vector<CleanItem>& items) {
    std::size_t moved = 0;
    for (const CleanItem& item : items) {
      if (item.state != ItemState::kMoved) continue;
      ++moved;
      run.items += item.entries;
      run.bytes += item.bytes;
    }
    run.outcome = moved > 0 ? "partial" : "failed";
    run.summary = "interrupted";
    if (!items.empty()) run.summary += "; " + std::to_string(moved) + " moved to the trash";
    return run;
  }

  CleanJournal& journal_;
  const SettleOptions& options_;
  TrashShelf shelf_;
  std::vector<CleanOutcome> outcomes_;
  std::set<std::int64_t> open_runs_;
  SettleResult result_;
};

}  // namespace

base::Result<SettleResult> settle_open_moves(CleanJournal& journal, const SettleOptions& options) {
  return Settling(journal, options).run();
}

}  // namespace lull::clean
