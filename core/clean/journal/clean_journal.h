// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/clean/lived_time.h"
#include "core/model/history.h"

// What the journal knows of moves: which were meant, and what became of them.
namespace lull::clean {

// Numbers are in the file: only add.
enum class ItemState : std::uint8_t {
  kOpen = 0,      // meant to be moved; what became of it is not written yet
  kMoved = 1,     // in the trash
  kSkipped = 2,   // where it was, for a reason
  kFailed = 3,    // where it was, since something failed
  kGone = 4,      // neither where it was nor in the trash when a killed run was settled
  kRestored = 5,  // was moved, and is back
  kPurged = 6,    // was moved, and has been removed for good
  kPurging = 7,   // was moved, and is meant to be removed for good: nothing to give back any more
};

// One thing of a run.
struct CleanItem {
  std::int64_t item = 0;  // the journal's id
  std::int64_t run = 0;
  std::string path, root, rule;  // as in PlanItem
  bool directory = false;
  std::uint64_t device = 0, inode = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t bytes = 0, entries = 1;
  std::string trash;   // path of the trash directory
  std::string wanted;  // the name it was to have there,
  std::string token;   // or fallback_name() of that and this
  base::WallTime deleted_at{};
  ItemState state = ItemState::kOpen;
  std::string name;    // which it has there, once it was moved
  std::string reason;  // why it was not, for people
};

// What became of one.
struct CleanOutcome {
  std::int64_t item = 0;
  ItemState state = ItemState::kMoved;
  std::string name;  // in the trash; empty: the one that was wanted
  std::string reason;
  std::uint64_t device = 0, inode = 0;  // of what was moved; 0: as was meant
};

// A plan on its way from the scan that showed it to the clean that a person asks for.
struct StoredPlan {
  std::string id;
  uid_t owner = 0;
  base::WallTime made_at{};
  std::string bytes;  // encode_plan()
};

// Every call may block on the disk: blocking pool only. Any thread (the class locks). Every call
// is one transaction, which is on the disk when it returns, or has not happened; but begin_run(),
// live_until(), settle() and what is marked kRestored are flushed with the next call only. A power
// cut may undo these, and settling finds out again.
class CleanJournal {
 public:
  virtual ~CleanJournal() = default;

  // The volume that it is on; nothing for one in memory. What is flushed here takes with it what
  // was done on that volume before (as journalling file systems do it), and nothing of another.
  virtual std::optional<dev_t> device() { return std::nullopt; }

  // A run that has only begun: its outcome is "running". It begins `now`, of which live_until()
  // learns. Returns its id.
  virtual base::Result<std::int64_t> begin_run(std::string_view kind, std::string_view origin,
                                               const TimeReading& now) = 0;
  // How much time has certainly gone by since there is this journal.
  virtual base::Result<LivedTime> live_until(const TimeReading& now) = 0;
  // Completes the row of `entry.run`; kind, origin and start stay. It can be undone if an item of
  // it is in the trash, whatever `entry` says.
  virtual base::Status finish_run(const model::HistoryEntry& entry) = 0;
  virtual base::Result<std::vector<model::HistoryEntry>> unfinished_runs() = 0;

  // Writes down what is meant, before the first of them is moved; sets `item` and `run` of each.
  virtual base::Status add_intents(std::int64_t run, std::vector<CleanItem>& items) = 0;
  // What became of them. Only what is still open is changed. A run that has ended meanwhile can be
  // undone then if something of it is in the trash.
  virtual base::Status settle(const std::vector<CleanOutcome>& outcomes) = 0;
  // Moved items (or those being purged) that are back (kRestored), are to be removed (kPurging),
  // gone for good (kPurged) or whole in the trash after all (kMoved). Others stay as they are. What
  // is back is remembered as undone, in the same transaction (AutoJournal::load_auto_state()).
  virtual base::Status mark(const std::vector<std::int64_t>& items, ItemState state) = 0;

  // All in the order in which they were meant.
  virtual base::Result<std::vector<CleanItem>> open_intents() = 0;
  virtual base::Result<std::vector<CleanItem>> items_of(std::int64_t run) = 0;
  virtual base::Result<std::vector<CleanItem>> moved_before(base::WallTime time) = 0;
  // The last of these, and what was moved within `span` before it.
  virtual base::Result<std::vector<CleanItem>> last_moved_before(base::WallTime time,
                                                                 base::Duration span) = 0;
  virtual base::Result<std::vector<CleanItem>> being_purged() = 0;  // by a run that was cut short
  // What is in the trash by runs that had begun before `time`.
  virtual base::Result<std::vector<CleanItem>> moved_by_runs_before(LivedTime time) = 0;
  // The trashes that anything is in, and what is in one of them.
  virtual base::Result<std::vector<std::string>> trashes_in_use() = 0;
  virtual base::Result<std::vector<CleanItem>> moved_to(const std::string& trash) = 0;
  // The newest of which something is in the trash.
  virtual base::Result<std::optional<std::int64_t>> last_undoable_run() = 0;

  // A plan is of use for a day, since what it shows ages; the newest kMostPlans are kept.
  static constexpr std::size_t kMostPlans = 8;
  static constexpr base::Duration kPlanAge = std::chrono::hours(24);
  // Drops those that are stale at `now`.
  virtual base::Status save_plan(const StoredPlan& plan, base::WallTime now) = 0;
  // kNotFound for one that is not known (any more), kUnavailable for one that is stale at `now`;
  // whose it is, is for the caller to compare.
  virtual base::Result<StoredPlan> find_plan(const std::string& id, base::WallTime now) = 0;
};

}  // namespace lull::clean
