// SPDX-License-Identifier: MIT
#include "core/clean/cleaner.h"

#include <algorithm>
#include <cstdio>
#include <list>
#include <map>
#include <mutex>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <unistd.h>

#include "core/base/bytes.h"
#include "core/base/keyed_hash.h"
#include "core/clean/companions.h"
#include "core/clean/parts.h"
#include "core/clean/run_record.h"
#include "core/scan/dead_mounts.h"
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
  const Companions* companions = nullptr;
};

// Items whose intents are one transaction.
struct Batch {
  std::vector<Work> works;
  std::vector<CleanItem> intents;     // of the works, in their order
  std::vector<CleanedItem> refused;   // what cannot have an intent
  std::optional<base::Error> failed;  // the journal did not take the intents: nothing may be moved
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
        record_(journal, clock, options.guards.fault) {
    sort(plan);
    rest_ = order_;
    guards_.owner = plan.owner;
    guards_.seen_at = plan.made_at;
    guards_.is_planned = [this](const std::string& path) { return is_planned(path); };
  }

  base::Result<CleanResult> run() {
    const auto run = record_.begin("clean", options_.origin);
    if (!run) return tl::unexpected(run.error());
    result_.run = *run;
    pass(guards_.fault, FaultPoint::kRunBegun);
    tell_what_is_expected(
        options_.progress, "moving", order_,
        [](const PlanItem* item) -> const PlanItem& { return *item; },
        options_.purged_then ? 2 : 1);
    find_mounts();
    const bool is_one_batch = rest_.size() <= options_.batch;
    options_.width == 1 || is_one_batch ? move_one_by_one() : move_overlapping();
    leave(rest_);
    shelf_.save_sizes();
    finish();
    return std::move(result_);
  }

 private:
  // By directory, so that what is in one is moved by few tasks, one after the other.
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

  // What looking into directories does not touch.
  void find_mounts() {
    if (guards_.mounts != nullptr) return;
    if (std::none_of(order_.begin(), order_.end(), [](auto* item) { return item->directory; }))
      return;
    mounts_ = scan::MountsThatMayHang::find();
    guards_.mounts = &mounts_;
  }

  void move_one_by_one() {
    while (std::optional<Batch> batch = next_batch()) {
      move_all(*batch);
      collect(*batch);
      write_outcomes(*batch);
    }
  }

  // While a batch is moved, the journal learns what became of the one before it and what is meant
  // with the next: the flush of that costs no time of its own.
  void move_overlapping() {
    std::optional<Batch> before, now = next_batch(), next;
    while (now) {
      base::Status told;
      side_by_side([&] { move_all(*now); },
                   [&] {
                     if (before) told = tell_outcomes(*before);
                     next = told ? next_batch() : std::nullopt;
                   });
      if (!told) stop(std::move(told).error());
      collect(*now);
      before = std::exchange(now, std::exchange(next, std::nullopt));
    }
    if (before) write_outcomes(*before);
  }

  // Takes the next items off the rest, with their intents in the journal.
  std::optional<Batch> next_batch() {
    if (rest_.empty() || is_stopped_ || options_.cancel.cancelled()) return std::nullopt;
    const std::size_t count = std::min(std::max<std::size_t>(options_.batch, 1), rest_.size());
    Batch batch = prepare(rest_.first(count));
    rest_ = rest_.subspan(count);
    if (auto written = journal_.add_intents(result_.run, batch.intents); !written) {
      batch.failed = std::move(written).error().while_doing("writing down what is to be moved");
      is_stopped_ = true;
    } else {
      pass(guards_.fault, FaultPoint::kIntentsWritten);
    }
    return batch;
  }

  // What cannot have an intent is skipped at once: a path that is none, a volume without a trash.
  Batch prepare(std::span<const PlanItem* const> items) {
    Batch batch;
    const base::WallTime now = clock_.wall_now();
    for (const PlanItem* item : items) {
      if (const char* why = path_refusal(item->path, item->root, guards_.places)) {
        batch.refused.push_back(cleaned_item(*item, why));
        continue;
      }
      const auto trash = shelf_.for_volume(static_cast<dev_t>(item->device), item->path);
      if (!trash) {
        batch.refused.push_back(
            cleaned_item(*item, trash.error().code == base::ErrorCode::kNotFound
                                    ? "it is not there any more"
                                    : "there is no trash for it: " + trash.error().to_string()));
        continue;
      }
      const std::uint64_t names = names_.find({item->device, item->inode})->second;
      batch.works.push_back({item, *trash, {next_token(), now, names}, {}, false, nullptr});
      batch.intents.push_back(intent_of(batch.works.back()));
    }
    return batch;
  }

  std::string next_token() {
    char text[17];
    const std::uint64_t number = tokens_(std::to_string(next_token_++)) >> 16;
    std::snprintf(text, sizeof text, "%012llx", static_cast<unsigned long long>(number));
    return text;
  }

  static CleanItem intent_of(const Work& work) {
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
    return intent;
  }

  // Of each directory that many of these are in, right before they are moved.
  std::list<Companions> list_companions(std::vector<Work>& works) const {
    std::list<Companions> lists;
    for (std::size_t first = 0, end = 0; first < works.size(); first = end) {
      const PlanItem& item = *works[first].item;
      while (end < works.size() && directory_of(works[end].item->path) == directory_of(item.path))
        ++end;
      if (end - first < kFilesWorthAListing) continue;
      const auto parent = open_parent(item.root, item.path, guards_.descent);
      auto list = parent ? Companions::list(parent->get(), (end - first) * kEntriesWorthAFile)
                         : std::nullopt;
      if (!list) continue;
      lists.push_back(*std::move(list));
      for (std::size_t i = first; i < end; ++i) works[i].companions = &lists.back();
    }
    return lists;
  }

  void move_all(Batch& batch) {
    std::vector<Work>& works = batch.works;
    if (batch.failed) {
      for (Work& work : works)
        work.result = {MoveKind::kFailed, {}, "the journal could not be written", 0, 0};
      return;
    }
    const std::list<Companions> companions = list_companions(works);
    const auto parts = parts_of(
        works.size(), [&](std::size_t index) { return std::string_view(works[index].item->path); });
    const scan::WalkOptions walk{options_.width, options_.cancel, nullptr};
    scan::for_each_index(parts.size(), walk, [&](unsigned, std::size_t part) {
      HeldParent parent(guards_.descent);
      for (const std::size_t index : parts[part])
        if (!options_.cancel.cancelled()) move(works[index], parent);
    });
    pass(guards_.fault, FaultPoint::kMovesDone);
  }

  // Names of one file may be in different directories: two tasks at it would take each other for
  // programs that have it open.
  void move(Work& work, HeldParent& parent) {
    std::unique_lock one_at_a_time(several_names_, std::defer_lock);
    if (work.ticket.names_planned > 1) one_at_a_time.lock();
    work.result =
        move_to_trash(*work.item, *work.trash, work.ticket, guards_, parent, work.companions);
    work.asked = true;
    if (options_.progress != nullptr) options_.progress->add(work.item->entries, work.item->bytes);
  }

  // Says only what is other than meant: little is to be written then.
  static CleanOutcome outcome_of_move(const CleanItem& intent, const MoveResult& result) {
    CleanOutcome outcome;
    outcome.item = intent.item;
    outcome.state = result.kind == MoveKind::kMoved     ? ItemState::kMoved
                    : result.kind == MoveKind::kSkipped ? ItemState::kSkipped
                                                        : ItemState::kFailed;
    outcome.reason = result.reason;
    if (result.name != intent.wanted) outcome.name = result.name;
    if (result.device != intent.device || result.inode != intent.inode) {
      outcome.device = result.device;
      outcome.inode = result.inode;
    }
    return outcome;
  }

  // The moves have happened. What the journal does not know of them, settling finds out.
  base::Status tell_outcomes(const Batch& batch) {
    if (batch.failed) return {};
    std::vector<CleanOutcome> outcomes;
    for (std::size_t i = 0; i < batch.works.size(); ++i)
      outcomes.push_back(outcome_of_move(batch.intents[i], batch.works[i].result));
    LULL_TRY(journal_.settle(outcomes));
    pass(guards_.fault, FaultPoint::kOutcomesWritten);
    return {};
  }
  void write_outcomes(const Batch& batch) {
    if (auto told = tell_outcomes(batch); !told) stop(std::move(told).error());
  }

  void stop(base::Error error) {
    is_stopped_ = true;
    if (!result_.stopped)
      result_.stopped = std::move(error).while_doing("writing down what was moved");
  }

  void collect(Batch& batch) {
    for (CleanedItem& item : batch.refused) result_.skipped.push_back(std::move(item));
    if (batch.failed && !result_.stopped) result_.stopped = batch.failed;
    for (Work& work : batch.works) {
      if (!work.asked && work.result.reason.empty()) {
        work.result.reason = "the run was cancelled";
        result_.cancelled = true;
      }
      collect(work);
    }
  }

  void collect(Work& work) {
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

  static CleanedItem cleaned_item(const PlanItem& item, std::string reason) {
    return {item.path, item.rule, {}, {}, std::move(reason), item.bytes, item.entries};
  }

  void leave(std::span<const PlanItem* const> rest) {
    if (!rest.empty() && !result_.stopped) result_.cancelled = true;
    const char* why = result_.stopped ? "the run had to stop" : "the run was cancelled";
    for (const PlanItem* item : rest) result_.skipped.push_back(cleaned_item(*item, why));
  }

  void finish() {
    result_.outcome =
        outcome_of({result_.moved.size(), result_.failed.size(), result_.skipped.size(),
                    result_.stopped.has_value(), result_.cancelled});
    record_.finish(result_.moved_entries, result_.moved_bytes, result_.outcome,
                   std::to_string(result_.moved_entries) + " moved to the trash (" +
                       base::format_bytes(result_.moved_bytes) + "), " +
                       std::to_string(result_.skipped.size()) + " skipped, " +
                       std::to_string(result_.failed.size()) + " failed",
                   result_.stopped);
  }

  CleanJournal& journal_;
  const base::Clock& clock_;
  const CleanOptions& options_;
  MoveGuards guards_;
  TrashShelf shelf_;
  const base::KeyedHash tokens_;
  RunRecord record_;
  scan::MountsThatMayHang mounts_;
  std::vector<const PlanItem*> order_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> names_;
  std::mutex several_names_;
  CleanResult result_;
  // Whoever makes batches, one thread at a time.
  std::span<const PlanItem* const> rest_;
  std::uint64_t next_token_ = 0;
  bool is_stopped_ = false;
};

}  // namespace

base::Result<CleanResult> clean(const Plan& plan, CleanJournal& journal, const base::Clock& clock,
                                const CleanOptions& options) {
  if (plan.owner != ::geteuid())
    return base::fail(base::ErrorCode::kPermissionDenied, "the plan is another user's");
  return CleanRun(plan, journal, clock, options).run();
}

}  // namespace lull::clean
