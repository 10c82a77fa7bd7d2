// SPDX-License-Identifier: MIT
#include "core/clean/cleaner.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <unistd.h>

#include "core/base/bytes.h"
#include "core/base/keyed_hash.h"
#include "core/scan/parallel.h"

namespace lull::clean {
namespace {

std::string_view directory_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

// An item on its way through a batch.
struct Work {
  const PlanItem* item = nullptr;
  Trash* trash = nullptr;
  MoveTicket ticket;
  MoveResult result;
  bool asked = false;  // false after a cancel: it was not even looked at
};

class CleanRun {
 public:
  CleanRun(const Plan& plan, CleanJournal& journal, const base::Clock& clock,
           const CleanOptions& options)
      : journal_(journal),
        clock_(clock),
        options_(options),
        guards_(options.guards),
        shelf_(options.trash),
        tokens_(base::KeyedHash::random()),
        started_(clock.now()) {
    sort(plan);
    guards_.owner = plan.owner;
    guards_.seen_at = plan.made_at;
    guards_.is_planned = [this](const std::string& path) { return is_planned(path); };
  }

  base::Result<CleanResult> run() {
    const auto run = journal_.begin_run("clean", options_.origin, clock_.wall_now());
    if (!run) return tl::unexpected(run.error());
    result_.run = *run;
    pass(guards_.fault, FaultPoint::kRunBegun);
    tell_what_is_expected();
    std::span<const PlanItem* const> rest(order_);
    while (!rest.empty() && !result_.stopped && !options_.cancel.cancelled()) {
      const std::size_t count = std::min(std::max<std::size_t>(options_.batch, 1), rest.size());
      move_batch(rest.first(count));
      rest = rest.subspan(count);
    }
    leave(rest);
    shelf_.save_sizes();
    finish();
    return std::move(result_);
  }

 private:
  // By directory, so that what is in one is moved by one task, one after the other.
  void sort(const Plan& plan) {
    for (const PlanItem& item : plan.items) {
      order_.push_back(&item);
      ++names_[{item.device, item.inode}];
    }
    std::sort(order_.begin(), order_.end(), [](const PlanItem* a, const PlanItem* b) {
      return std::tuple(directory_of(a->path), std::string_view(a->path)) <
             std::tuple(directory_of(b->path), std::string_view(b->path));
    });
  }

  bool is_planned(std::string_view path) const {
    const auto key = std::tuple(directory_of(path), path);
    const auto found =
        std::lower_bound(order_.begin(), order_.end(), key, [](const PlanItem* item, auto& wanted) {
          return std::tuple(directory_of(item->path), std::string_view(item->path)) < wanted;
        });
    return found != order_.end() && (*found)->path == path;
  }

  void tell_what_is_expected() {
    if (options_.progress == nullptr) return;
    std::uint64_t entries = 0, bytes = 0;
    for (const PlanItem* item : order_) {
      entries += item->entries;
      bytes += item->bytes;
    }
    options_.progress->enter("moving");
    options_.progress->expect(entries, bytes);
  }

  void move_batch(std::span<const PlanItem* const> items) {
    std::vector<Work> works = prepare(items);
    std::vector<CleanItem> intents = intents_of(works);
    if (auto written = journal_.add_intents(result_.run, intents); !written) {
      for (Work& work : works)
        work.result = {MoveKind::kFailed, {}, "the journal could not be written", 0, 0};
      collect(works);
      result_.stopped = std::move(written).error().while_doing("writing down what is to be moved");
      return;
    }
    pass(guards_.fault, FaultPoint::kIntentsWritten);
    move_all(works);
    pass(guards_.fault, FaultPoint::kMovesDone);
    collect(works);
    // The moves have happened. What the journal does not know of them, settling finds out.
    if (auto settled = journal_.settle(outcomes_of(works, intents)); !settled)
      result_.stopped = std::move(settled).error().while_doing("writing down what was moved");
    pass(guards_.fault, FaultPoint::kOutcomesWritten);
  }

  // What cannot have an intent is skipped at once: a path that is none, a volume without a trash.
  std::vector<Work> prepare(std::span<const PlanItem* const> items) {
    std::vector<Work> works;
    const base::WallTime now = clock_.wall_now();
    for (const PlanItem* item : items) {
      if (const char* why = path_refusal(item->path, item->root, guards_.places)) {
        skip(*item, why);
        continue;
      }
      const auto trash = shelf_.for_volume(static_cast<dev_t>(item->device), item->path);
      if (!trash) {
        skip(*item, trash.error().code == base::ErrorCode::kNotFound
                        ? "it is not there any more"
                        : "there is no trash for it: " + trash.error().to_string());
        continue;
      }
      const std::uint64_t names = names_.find({item->device, item->inode})->second;
      works.push_back({item, *trash, {next_token(), now, names}, {}, false});
    }
    return works;
  }

  std::string next_token() {
    char text[17];
    const std::uint64_t number = tokens_(std::to_string(next_token_++)) >> 16;
    std::snprintf(text, sizeof text, "%012llx", static_cast<unsigned long long>(number));
    return text;
  }

  std::vector<CleanItem> intents_of(const std::vector<Work>& works) const {
    std::vector<CleanItem> intents;
    for (const Work& work : works) {
      CleanItem intent;
      intent.path = work.item->path;
      intent.root = work.item->root;
      intent.rule = work.item->rule;
      intent.directory = work.item->directory;
      intent.device = work.item->device;
      intent.inode = work.item->inode;
      intent.mtime_ns = work.item->mtime_ns;
      intent.bytes = work.item->bytes;
      intent.entries = work.item->entries;
      intent.trash = work.trash->path();
      intent.wanted = name_of(work.item->path);
      intent.token = work.ticket.token;
      intent.deleted_at = work.ticket.deleted_at;
      intents.push_back(std::move(intent));
    }
    return intents;
  }

  void move_all(std::vector<Work>& works) {
    std::vector<std::span<Work>> groups;
    for (std::size_t at = 0, next = 0; at < works.size(); at = next) {
      const std::string_view directory = directory_of(works[at].item->path);
      while (next < works.size() && directory_of(works[next].item->path) == directory) ++next;
      groups.push_back(std::span(works).subspan(at, next - at));
    }
    const scan::WalkOptions walk{options_.width, options_.cancel, nullptr};
    scan::for_each_index(groups.size(), walk, [&](unsigned, std::size_t group) {
      HeldParent parent(guards_.descent);
      for (Work& work : groups[group])
        if (!options_.cancel.cancelled()) move(work, parent);
    });
  }

  // Names of one file may be in different directories: two tasks at it would take each other for
  // programs that have it open.
  void move(Work& work, HeldParent& parent) {
    std::unique_lock one_at_a_time(several_names_, std::defer_lock);
    if (work.ticket.names_planned > 1) one_at_a_time.lock();
    work.result = move_to_trash(*work.item, *work.trash, work.ticket, guards_, parent);
    work.asked = true;
    if (options_.progress != nullptr) options_.progress->add(work.item->entries, work.item->bytes);
  }

  static std::vector<CleanOutcome> outcomes_of(const std::vector<Work>& works,
                                               const std::vector<CleanItem>& intents) {
    std::vector<CleanOutcome> outcomes;
    for (std::size_t i = 0; i < works.size(); ++i) {
      const MoveResult& result = works[i].result;
      const ItemState state = result.kind == MoveKind::kMoved     ? ItemState::kMoved
                              : result.kind == MoveKind::kSkipped ? ItemState::kSkipped
                                                                  : ItemState::kFailed;
      outcomes.push_back(
          {intents[i].item, state, result.name, result.reason, result.device, result.inode});
    }
    return outcomes;
  }

  void collect(std::vector<Work>& works) {
    for (Work& work : works) {
      if (!work.asked && work.result.reason.empty()) {
        work.result.reason = "the run was cancelled";
        result_.cancelled = true;
      }
      CleanedItem cleaned = cleaned_item(*work.item, work.result.reason);
      switch (work.result.kind) {
        case MoveKind::kMoved:
          if (work.item->directory) work.trash->note_size(work.result.name, cleaned.bytes);
          cleaned.trash = work.trash->path();
          cleaned.name = work.result.name;
          result_.moved_bytes += cleaned.bytes;
          result_.moved_entries += cleaned.entries;
          result_.moved.push_back(std::move(cleaned));
          break;
        case MoveKind::kSkipped:
          result_.skipped.push_back(std::move(cleaned));
          break;
        case MoveKind::kFailed:
          result_.failed.push_back(std::move(cleaned));
          break;
      }
    }
  }

  static CleanedItem cleaned_item(const PlanItem& item, std::string reason) {
    return {item.path, item.rule, {}, {}, std::move(reason), item.bytes, item.entries};
  }
  void skip(const PlanItem& item, std::string reason) {
    result_.skipped.push_back(cleaned_item(item, std::move(reason)));
  }

  void leave(std::span<const PlanItem* const> rest) {
    if (!rest.empty() && !result_.stopped) result_.cancelled = true;
    for (const PlanItem* item : rest)
      skip(*item, result_.stopped ? "the run had to stop" : "the run was cancelled");
  }

  std::string outcome() const {
    if (result_.stopped || (result_.moved.empty() && !result_.failed.empty())) return "failed";
    if (result_.cancelled) return "cancelled";
    return result_.failed.empty() && result_.skipped.empty() ? "done" : "partial";
  }

  void finish() {
    result_.outcome = outcome();
    model::HistoryEntry entry;
    entry.run = result_.run;
    entry.elapsed = clock_.now() - started_;
    entry.items = result_.moved_entries;
    entry.bytes = result_.moved_bytes;
    entry.outcome = result_.outcome;
    entry.summary = std::to_string(result_.moved_entries) + " moved to the trash (" +
                    base::format_bytes(result_.moved_bytes) + "), " +
                    std::to_string(result_.skipped.size()) + " skipped, " +
                    std::to_string(result_.failed.size()) + " failed";
    if (auto finished = journal_.finish_run(entry); !finished && !result_.stopped)
      result_.stopped = std::move(finished).error().while_doing("finishing the run");
    pass(guards_.fault, FaultPoint::kRunFinished);
  }

  CleanJournal& journal_;
  const base::Clock& clock_;
  const CleanOptions& options_;
  MoveGuards guards_;
  TrashShelf shelf_;
  const base::KeyedHash tokens_;
  const base::SteadyTime started_;
  std::vector<const PlanItem*> order_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> names_;
  std::uint64_t next_token_ = 0;
  std::mutex several_names_;
  CleanResult result_;
};

}  // namespace

base::Result<CleanResult> clean(const Plan& plan, CleanJournal& journal, const base::Clock& clock,
                                const CleanOptions& options) {
  if (plan.owner != ::geteuid())
    return base::fail(base::ErrorCode::kPermissionDenied, "the plan is another user's");
  return CleanRun(plan, journal, clock, options).run();
}

}  // namespace lull::clean
