// SPDX-License-Identifier: MIT
#include "core/clean/undo.h"

#include <cerrno>
#include <set>
#include <utility>

#include "core/base/bytes.h"
#include "core/clean/old_place.h"

namespace lull::clean {
namespace {

constexpr std::size_t kBatch = 256;

class UndoRun {
 public:
  UndoRun(CleanJournal& journal, const base::Clock& clock, const UndoOptions& options)
      : journal_(journal),
        clock_(clock),
        options_(options),
        shelf_(options.trash),
        parent_(options.descent),
        started_(clock.now()) {}

  base::Result<UndoResult> run(const std::vector<CleanItem>& items) {
    const auto own = journal_.begin_run("undo", options_.origin, clock_.wall_now());
    if (!own) return tl::unexpected(own.error());
    result_.run = *own;
    tell_what_is_expected(items);
    for (const CleanItem& item : items) {
      if (options_.cancel.cancelled()) result_.cancelled = true;
      if (result_.cancelled || result_.stopped) break;
      give_back(item);
      if (options_.progress != nullptr) options_.progress->add(item.entries, item.bytes);
      if (marks_.size() >= kBatch) write_marks();
    }
    if (!result_.stopped) write_marks();
    shelf_.save_sizes();
    finish();
    return std::move(result_);
  }

 private:
  void tell_what_is_expected(const std::vector<CleanItem>& items) {
    if (options_.progress == nullptr) return;
    std::uint64_t entries = 0, bytes = 0;
    for (const CleanItem& item : items) {
      entries += item.entries;
      bytes += item.bytes;
    }
    options_.progress->enter("giving back");
    options_.progress->expect(entries, bytes);
  }

  void give_back(const CleanItem& item) {
    const auto trash = shelf_.again(item.trash);
    if (!trash) return not_found(item, trash.error().to_string());
    auto parent = parent_.open(item.root, item.path);
    if (!parent && parent.error().os_error == ENOENT) parent = parent_.make(item.root, item.path);
    if (!parent) return fail(item, parent.error().to_string());
    pass(options_.fault, FaultPoint::kParentMade);
    const TrashedItem thing{item.trash,      item.name,   item.path,
                            item.deleted_at, item.device, item.inode};
    const auto given = (*trash)->give_back(thing, *parent, name_in(item.path));
    if (!given) {
      parent_.drop();
      return not_given(item, given.error());
    }
    pass(options_.fault, FaultPoint::kGivenBack);
    is_back(item);
  }

  void not_given(const CleanItem& item, const base::Error& error) {
    if (error.os_error == EEXIST) return conflict(item);
    if (error.code == base::ErrorCode::kNotFound)
      return not_found(item, "it is not in the trash any more");
    fail(item, error.to_string());
  }

  // Not in its trash: somebody else may have given it back.
  void not_found(const CleanItem& item, std::string why) {
    if (at_old_place(item, options_.descent) == Presence::kThere) return is_back(item);
    fail(item, std::move(why));
  }

  void is_back(const CleanItem& item) {
    marks_.push_back(item.item);
    result_.restored_bytes += item.bytes;
    result_.restored_entries += item.entries;
    result_.restored.push_back({item.item, item.path, {}});
  }
  void conflict(const CleanItem& item) {
    result_.conflicts.push_back(
        {item.item, item.path,
         "something of that name is there again; the old one stays in the trash as " + item.name});
  }
  void fail(const CleanItem& item, std::string why) {
    result_.failed.push_back({item.item, item.path, std::move(why)});
  }

  // The items are back, whether the journal takes it or not: asked again, undo finds them there.
  void write_marks() {
    if (auto marked = journal_.mark(marks_, ItemState::kRestored); !marked)
      result_.stopped = std::move(marked).error().while_doing("writing down what was given back");
    marks_.clear();
    pass(options_.fault, FaultPoint::kRestored);
  }

  std::string outcome() const {
    const bool all = result_.conflicts.empty() && result_.failed.empty();
    if (result_.stopped || (result_.restored.empty() && !all)) return "failed";
    if (result_.cancelled) return "cancelled";
    return all ? "done" : "partial";
  }

  void finish() {
    result_.outcome = outcome();
    model::HistoryEntry entry;
    entry.run = result_.run;
    entry.elapsed = clock_.now() - started_;
    entry.items = result_.restored_entries;
    entry.bytes = result_.restored_bytes;
    entry.outcome = result_.outcome;
    entry.summary = std::to_string(result_.restored_entries) + " given back (" +
                    base::format_bytes(result_.restored_bytes) + "), " +
                    std::to_string(result_.conflicts.size()) + " in conflict, " +
                    std::to_string(result_.failed.size()) + " failed";
    if (auto finished = journal_.finish_run(entry); !finished && !result_.stopped)
      result_.stopped = std::move(finished).error().while_doing("finishing the run");
    pass(options_.fault, FaultPoint::kRunFinished);
  }

  CleanJournal& journal_;
  const base::Clock& clock_;
  const UndoOptions& options_;
  TrashShelf shelf_;
  HeldParent parent_;
  const base::SteadyTime started_;
  std::vector<std::int64_t> marks_;
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
