// SPDX-License-Identifier: MIT
#include "core/clean/undo.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/clean/copying_trash.h"
#include "core/clean/old_place.h"
#include "core/clean/parts.h"
#include "core/clean/run_record.h"
#include "core/scan/parallel.h"

namespace lull::clean {
namespace {

constexpr std::size_t kBatch = 1024;

// What became of one item.
enum class Return : std::uint8_t { kNotAsked, kBack, kConflict, kFailed };
struct Work {
  const CleanItem* item = nullptr;
  Trash* trash = nullptr;
  std::string no_trash;  // why there is none
  Return answer = Return::kNotAsked;
  std::string reason;
};

class UndoRun {
 public:
  UndoRun(CleanJournal& journal, const base::Clock& clock, const UndoOptions& options)
      : journal_(journal),
        options_(options),
        shelf_(options.trash),
        record_(journal, clock, options.fault) {}

  base::Result<UndoResult> run(std::vector<CleanItem>& items) {
    const auto own = record_.begin("undo", options_.origin);
    if (!own) return tl::unexpected(own.error());
    result_.run = *own;
    tell_what_is_expected(options_.progress, "giving back", items,
                          [](const CleanItem& item) -> const CleanItem& { return item; });
    std::span<CleanItem> rest(items);
    while (!rest.empty() && !result_.stopped && !options_.cancel.cancelled()) {
      const std::size_t count = std::min(kBatch, rest.size());
      give_back(rest.first(count));
      rest = rest.subspan(count);
    }
    if (!rest.empty() && !result_.stopped) result_.cancelled = true;
    if (!result_.stopped) write_marks();
    shelf_.save_sizes();
    finish();
    return std::move(result_);
  }

 private:
  // While a batch is given back, the journal learns of the one before it.
  void give_back(std::span<CleanItem> items) {
    std::vector<Work> works;
    for (CleanItem& item : items) {
      const auto trash = shelf_.again(item.trash);
      if (trash) item.device = device_now(item, **trash);
      works.push_back({&item,
                       trash ? *trash : nullptr,
                       trash ? std::string() : trash.error().to_string(),
                       Return::kNotAsked,
                       {}});
    }
    if (options_.width == 1 || marks_.empty()) {
      give_back_all(works);
    } else {
      side_by_side([&] { give_back_all(works); }, [&] { write_marks(); });
    }
    for (Work& work : works) collect(work);
    if (options_.width == 1 && !result_.stopped) write_marks();
  }

  void give_back_all(std::vector<Work>& works) {
    const auto parts = parts_of(
        works.size(), [&](std::size_t index) { return std::string_view(works[index].item->path); });
    const scan::WalkOptions walk{options_.width, options_.cancel, nullptr};
    scan::for_each_index(parts.size(), walk, [&](unsigned, std::size_t part) {
      HeldParent parent(options_.descent);
      for (const std::size_t index : parts[part]) {
        if (options_.cancel.cancelled()) return;
        give_back(works[index], parent);
        const CleanItem& item = *works[index].item;
        if (options_.progress != nullptr) options_.progress->add(item.entries, item.bytes);
      }
    });
  }

  void give_back(Work& work, HeldParent& held) const {
    const CleanItem& item = *work.item;
    if (work.trash == nullptr) return not_found(work, work.no_trash);
    auto parent = held.open(item.root, item.path);
    if (!parent && parent.error().os_error == ENOENT) parent = held.make(item.root, item.path);
    if (!parent) return fail(work, parent.error().to_string());
    pass(options_.fault, FaultPoint::kParentMade);
    const TrashedItem thing{item.trash,      item.name,   item.path,
                            item.deleted_at, item.device, item.inode};
    auto given = work.trash->give_back(thing, *parent, name_in(item.path));
    if (!given && is_moved_by_copy(item) &&
        (given.error().os_error == EXDEV || given.error().os_error == EEXIST))
      given = give_back_by_copy(*work.trash, thing, *parent, name_in(item.path));
    if (!given) {
      held.drop();
      return not_given(work, given.error());
    }
    pass(options_.fault, FaultPoint::kGivenBack);
    work.answer = Return::kBack;
  }

  void not_given(Work& work, const base::Error& error) const {
    if (error.os_error == EEXIST) {
      work.answer = Return::kConflict;
      work.reason = "something of that name is there again; the old one stays in the trash as " +
                    work.item->name;
      return;
    }
    if (error.code == base::ErrorCode::kNotFound)
      return not_found(work, "it is not in the trash any more");
    fail(work, error.to_string());
  }

  // Not in its trash: somebody else may have given it back.
  void not_found(Work& work, std::string why) const {
    const CleanItem& item = *work.item;
    const bool copied = is_moved_by_copy(item) && is_back_by_copy(item, options_.descent);
    if (copied && work.trash != nullptr) (void)work.trash->release(item.name);
    if (!copied && at_old_place(item, options_.descent) != Presence::kThere)
      return fail(work, std::move(why));
    work.answer = Return::kBack;
  }
  static void fail(Work& work, std::string why) {
    work.answer = Return::kFailed;
    work.reason = std::move(why);
  }

  void collect(Work& work) {
    const CleanItem& item = *work.item;
    UndoneItem undone{item.item, item.path, std::move(work.reason)};
    switch (work.answer) {
      case Return::kNotAsked:
        result_.cancelled = true;
        break;
      case Return::kBack:
        marks_.push_back(item.item);
        if (work.trash != nullptr && is_elsewhere(*work.trash)) to_flush_.insert(work.trash);
        result_.restored_bytes += item.bytes;
        result_.restored_entries += item.entries;
        result_.restored.push_back(std::move(undone));
        break;
      case Return::kConflict:
        result_.conflicts.push_back(std::move(undone));
        break;
      case Return::kFailed:
        result_.failed.push_back(std::move(undone));
        break;
    }
  }

  // The journal could know of a return that a stick which is pulled out, or a power cut, takes
  // back: nothing would ask for the item any more. Its own volume keeps the order.
  bool is_elsewhere(const Trash& trash) const {
    return journal_device_ && trash.device() != *journal_device_;
  }
  base::Status flush_other_volumes() {
    for (Trash* trash : std::exchange(to_flush_, {})) LULL_TRY(trash->flush());
    return {};
  }

  // The items are back, whether the journal takes it or not: asked again, undo finds them there.
  void write_marks() {
    if (marks_.empty()) return;
    if (auto flushed = flush_other_volumes(); !flushed)
      result_.stopped = std::move(flushed).error().while_doing("giving back");
    else if (auto marked = journal_.mark(marks_, ItemState::kRestored); !marked)
      result_.stopped = std::move(marked).error().while_doing("writing down what was given back");
    marks_.clear();
    pass(options_.fault, FaultPoint::kRestored);
  }

  void finish() {
    const std::size_t left = result_.conflicts.size() + result_.failed.size();
    result_.outcome = outcome_of(
        {result_.restored.size(), left, 0, result_.stopped.has_value(), result_.cancelled});
    record_.finish(result_.restored_entries, result_.restored_bytes, result_.outcome,
                   std::to_string(result_.restored_entries) + " given back (" +
                       base::format_bytes(result_.restored_bytes) + "), " +
                       std::to_string(result_.conflicts.size()) + " in conflict, " +
                       std::to_string(result_.failed.size()) + " failed",
                   result_.stopped);
  }

  CleanJournal& journal_;
  const UndoOptions& options_;
  TrashShelf shelf_;
  RunRecord record_;
  const std::optional<dev_t> journal_device_ = journal_.device();
  std::vector<std::int64_t> marks_;  // of the batch before
  std::set<Trash*> to_flush_;        // the trashes of these on other volumes
  UndoResult result_;
};

bool is_wanted(const CleanItem& item, const std::set<std::int64_t>& wanted) {
  return item.state == ItemState::kMoved && (wanted.empty() || wanted.contains(item.item));
}

}  // namespace

base::Result<UndoResult> undo(std::int64_t run, CleanJournal& journal, const base::Clock& clock,
                              const UndoOptions& options) {
  auto items = journal.items_of(run);
  if (!items) return tl::unexpected(std::move(items).error());
  const std::set<std::int64_t> wanted(options.items.begin(), options.items.end());
  std::erase_if(*items, [&](const CleanItem& item) { return !is_wanted(item, wanted); });
  if (items->empty())
    return base::fail(base::ErrorCode::kNotFound,
                      "nothing of run " + std::to_string(run) +
                          " is in the trash; `lull history` lists the runs");
  return UndoRun(journal, clock, options).run(*items);
}

}  // namespace lull::clean
