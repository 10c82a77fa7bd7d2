// SPDX-License-Identifier: MIT
#include "core/clean/journal/journal_cleans.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/clean/journal/journal_rows.h"

namespace lull::clean {
namespace {

using base::Result;
using base::Status;

constexpr const char* kBegin =
    "INSERT INTO run (kind, origin, started_at, elapsed, items, bytes, undoable, outcome, summary,"
    " lived) VALUES (?, ?, ?, 0, 0, 0, 0, 'running', '', ?)";
constexpr const char* kLastReading = "SELECT lived, wall, since_boot, boot FROM lived";
constexpr const char* kSaveReading =
    "INSERT OR REPLACE INTO lived (one, lived, wall, since_boot, boot) VALUES (1, ?, ?, ?, ?)";
constexpr const char* kFinish =
    "UPDATE run SET elapsed = ?, items = ?, bytes = ?, outcome = ?, summary = ?, undoable ="
    " EXISTS (SELECT 1 FROM clean_item WHERE clean_item.run = run.run AND state = 1)"
    " WHERE run = ?";
// The name is the wanted one (?12) from the beginning: a row that does not grow when it is settled
// stays on its page. It counts once the item was moved.
constexpr const char* kAddItem =
    "INSERT INTO clean_item (run, path, root, rule, directory, device, inode, mtime, bytes,"
    " entries, trash, wanted, token, deleted_at, state, name, reason)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?12, '')";
// NULL for device and inode: as they are.
constexpr const char* kSettle =
    "UPDATE clean_item SET state = ?, name = coalesce(?, wanted), reason = ?,"
    " device = coalesce(?, device), inode = coalesce(?, inode) WHERE item = ? AND state = 0";
// Those that were moved as was meant, first to last. By their ids: an index of what is open would
// be changed while it is read.
constexpr const char* kSettleAsMeant =
    "UPDATE clean_item NOT INDEXED SET state = 1 WHERE item BETWEEN ? AND ? AND state = 0";
constexpr const char* kMark =
    "UPDATE clean_item NOT INDEXED SET state = ? WHERE item BETWEEN ? AND ? AND state IN (1, 7)";
// A run of which nothing is left in the trash cannot be undone any more.
constexpr const char* kUpdateUndoable =
    "UPDATE run SET undoable = 0 WHERE undoable = 1 AND"
    " EXISTS (SELECT 1 FROM clean_item WHERE clean_item.run = run.run) AND"
    " NOT EXISTS (SELECT 1 FROM clean_item WHERE clean_item.run = run.run AND state = 1)";
// One that had ended with things that nobody had told about, or to be purged, can be undone after
// all once they are known to be in the trash. Of the runs of these items, first and last: those of
// a run have ids in a row, and runs do not overlap.
constexpr const char* kRaiseUndoable =
    "UPDATE run SET undoable = 1 WHERE undoable = 0 AND outcome <> 'running' AND"
    " run BETWEEN (SELECT run FROM clean_item WHERE item = ?)"
    " AND (SELECT run FROM clean_item WHERE item = ?) AND"
    " EXISTS (SELECT 1 FROM clean_item WHERE clean_item.run = run.run AND state = 1)";
// The first time counts: what was given back is not taken by itself again, so there is no second.
constexpr const char* kAddUndone =
    "INSERT INTO undone_item (path, rule, run, automatic, at)"
    " SELECT i.path, i.rule, i.run, r.origin = 'automatic',"
    "  coalesce((SELECT max(started_at) FROM run WHERE outcome = 'running' AND kind = 'undo'), 0)"
    " FROM clean_item AS i CROSS JOIN run AS r ON r.run = i.run"
    " WHERE i.item BETWEEN ? AND ? AND i.state = 5 ON CONFLICT (path) DO NOTHING";
constexpr const char* kItems =
    "SELECT item, run, path, root, rule, directory, device, inode, mtime, bytes, entries, trash,"
    " wanted, token, deleted_at, state, name, reason FROM clean_item ";
constexpr const char* kAddTrash = "INSERT OR IGNORE INTO run_trash (run, trash) VALUES (?, ?)";
constexpr const char* kTrashes =
    "SELECT DISTINCT trash FROM run_trash WHERE EXISTS"
    " (SELECT 1 FROM clean_item WHERE clean_item.run = run_trash.run AND state = 1) ORDER BY trash";
constexpr const char* kLastUndoable = "SELECT max(run) FROM clean_item WHERE state = 1";
constexpr const char* kAddPlan =
    "INSERT OR REPLACE INTO clean_plan (id, owner, made_at, bytes) VALUES (?, ?, ?, ?)";
// In the order of age and then id, so that equal times do not let one more live.
constexpr const char* kDropPlans =
    "DELETE FROM clean_plan WHERE made_at < ? OR id IN"
    " (SELECT id FROM clean_plan ORDER BY made_at DESC, id LIMIT -1 OFFSET ?)";
constexpr const char* kFindPlan = "SELECT id, owner, made_at, bytes FROM clean_plan WHERE id = ?";

// What is in the trash, by the index that has nothing else in it.
constexpr const char* kMoved = "INDEXED BY clean_item_moved WHERE state = 1 AND ";

std::string items_where(const char* condition) {
  return std::string(kItems) + "WHERE " + condition;
}
std::string moved_where(const char* condition) { return std::string(kItems) + kMoved + condition; }

bool was_moved(ItemState state) {
  switch (state) {
    case ItemState::kMoved:
    case ItemState::kRestored:
    case ItemState::kPurged:
    case ItemState::kPurging:
      return true;
    case ItemState::kOpen:
    case ItemState::kSkipped:
    case ItemState::kFailed:
    case ItemState::kGone:
      break;
  }
  return false;
}

CleanItem item_of(const SqliteStatement& row) {
  CleanItem item;
  item.item = row.integer(0);
  item.run = row.integer(1);
  item.path = row.bytes(2);
  item.root = row.bytes(3);
  item.rule = row.bytes(4);
  item.directory = row.integer(5) != 0;
  item.device = static_cast<std::uint64_t>(row.integer(6));
  item.inode = static_cast<std::uint64_t>(row.integer(7));
  item.mtime_ns = row.integer(8);
  item.bytes = static_cast<std::uint64_t>(row.integer(9));
  item.entries = static_cast<std::uint64_t>(row.integer(10));
  item.trash = row.bytes(11);
  item.wanted = row.bytes(12);
  item.token = row.bytes(13);
  item.deleted_at = wall_time(row.integer(14));
  item.state = static_cast<ItemState>(row.integer(15));
  if (was_moved(item.state)) item.name = row.bytes(16);
  item.reason = row.bytes(17);
  return item;
}

Status insert_intent(SqliteDb& db, SqliteStatement& statement, std::int64_t run, CleanItem& item) {
  statement.again()
      .bind(run)
      .bind(item.path)
      .bind(item.root)
      .bind(item.rule)
      .bind(std::int64_t{item.directory})
      .bind(static_cast<std::int64_t>(item.device))
      .bind(static_cast<std::int64_t>(item.inode))
      .bind(item.mtime_ns)
      .bind(static_cast<std::int64_t>(item.bytes))
      .bind(static_cast<std::int64_t>(item.entries))
      .bind(item.trash)
      .bind(item.wanted)
      .bind(item.token)
      .bind(stored_time(item.deleted_at));
  LULL_TRY(statement.run());
  item.run = run;
  item.item = db.last_insert_id();
  return {};
}

std::optional<std::int64_t> unless_zero(std::uint64_t number) {
  if (number == 0) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::int64_t stored_state(ItemState state) { return static_cast<std::int64_t>(state); }

struct StoredReading {
  LivedTime lived{0};
  TimeReading at;
};

// What nobody can have lived is a damaged file's: counted anew, so that things are kept longer.
LivedTime lived_of(std::int64_t milliseconds) {
  const LivedTime lived(milliseconds);
  return lived >= LivedTime(0) && lived <= base::kLastDate - base::kFirstDate ? lived
                                                                              : LivedTime(0);
}

StoredReading reading_of(const SqliteStatement& row) {
  return {lived_of(row.integer(0)),
          {wall_time(row.integer(1)), std::chrono::milliseconds(row.integer(2)), row.bytes(3)}};
}

// Adds what has gone by since the last reading, and keeps this one. In a transaction.
Result<LivedTime> move_on(SqliteDb& db, const TimeReading& now) {
  const auto last = rows<StoredReading>(db.prepare(kLastReading), reading_of);
  if (!last) return tl::unexpected(last.error());
  const LivedTime lived =
      last->empty() ? LivedTime(0) : last->front().lived + certainly_between(last->front().at, now);
  auto save = db.prepare(kSaveReading);
  if (!save) return tl::unexpected(std::move(save).error());
  save->bind(lived.count()).bind(stored_time(now.wall)).bind(now.since_boot.count()).bind(now.boot);
  LULL_TRY(save->run());
  return lived;
}

// Each trash of these is one of the run's.
Status insert_trashes(SqliteDb& db, std::int64_t run, const std::vector<CleanItem>& items) {
  auto statement = db.prepare(kAddTrash);
  if (!statement) return tl::unexpected(std::move(statement).error());
  const std::string* last = nullptr;
  for (const CleanItem& item : items) {
    if (last != nullptr && *last == item.trash) continue;
    last = &item.trash;
    statement->again().bind(run).bind(item.trash);
    LULL_TRY(statement->run());
  }
  return {};
}

base::WallTime oldest_plan(base::WallTime now) {
  return now - std::chrono::duration_cast<std::chrono::milliseconds>(CleanJournal::kPlanAge);
}

// Ids that follow one another, both included.
struct Range {
  std::int64_t first = 0, last = 0;
};

// What is meant together has ids in a row, so that a batch is a few of these.
void add_to(std::vector<Range>& ranges, std::int64_t item) {
  if (!ranges.empty() && ranges.back().last + 1 == item)
    ranges.back().last = item;
  else
    ranges.push_back({item, item});
}

Status remember_undone(SqliteDb& db, const std::vector<Range>& ranges) {
  auto statement = db.prepare(kAddUndone);
  if (!statement) return tl::unexpected(std::move(statement).error());
  for (const Range& range : ranges)
    LULL_TRY(statement->again().bind(range.first).bind(range.last).run());
  return {};
}

Status raise_undoable(SqliteDb& db, std::int64_t first, std::int64_t last) {
  auto statement = db.prepare(kRaiseUndoable);
  if (!statement) return tl::unexpected(std::move(statement).error());
  return statement->bind(first).bind(last).run();
}

// Moved under the name that was wanted, and being what was meant.
bool is_as_meant(const CleanOutcome& outcome) {
  return outcome.state == ItemState::kMoved && outcome.name.empty() && outcome.reason.empty() &&
         outcome.device == 0 && outcome.inode == 0;
}

Status write_as_meant(SqliteDb& db, const std::vector<CleanOutcome>& outcomes) {
  std::vector<Range> ranges;
  for (const CleanOutcome& outcome : outcomes)
    if (is_as_meant(outcome)) add_to(ranges, outcome.item);
  auto statement = db.prepare(kSettleAsMeant);
  if (!statement) return tl::unexpected(std::move(statement).error());
  for (const Range& range : ranges)
    LULL_TRY(statement->again().bind(range.first).bind(range.last).run());
  return {};
}

Status write_others(SqliteDb& db, const std::vector<CleanOutcome>& outcomes) {
  auto statement = db.prepare(kSettle);
  if (!statement) return tl::unexpected(std::move(statement).error());
  for (const CleanOutcome& outcome : outcomes) {
    if (is_as_meant(outcome)) continue;
    statement->again().bind(stored_state(outcome.state));
    if (outcome.name.empty())
      statement->bind(std::optional<std::int64_t>());
    else
      statement->bind(outcome.name);
    statement->bind(outcome.reason)
        .bind(unless_zero(outcome.device))
        .bind(unless_zero(outcome.inode))
        .bind(outcome.item);
    LULL_TRY(statement->run());
  }
  return {};
}

}  // namespace

Result<std::int64_t> insert_running(SqliteDb& db, std::string_view kind, std::string_view origin,
                                    const TimeReading& now) {
  std::int64_t run = 0;
  const auto added = in_transaction(db, [&]() -> Status {
    const auto lived = move_on(db, now);
    if (!lived) return tl::unexpected(lived.error());
    auto statement = db.prepare(kBegin);
    if (!statement) return tl::unexpected(std::move(statement).error());
    statement->bind(kind).bind(origin).bind(stored_time(now.wall)).bind(lived->count());
    LULL_TRY(statement->run());
    run = db.last_insert_id();
    return {};
  });
  if (!added) return tl::unexpected(added.error());
  return run;
}

Result<LivedTime> live_until(SqliteDb& db, const TimeReading& now) {
  Result<LivedTime> lived;
  const auto moved_on = in_transaction(db, [&]() -> Status {
    lived = move_on(db, now);
    if (!lived) return tl::unexpected(lived.error());
    return {};
  });
  if (!moved_on) return tl::unexpected(moved_on.error());
  return lived;
}

Status complete_run(SqliteDb& db, const model::HistoryEntry& entry) {
  auto statement = db.prepare(kFinish);
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(std::int64_t{entry.elapsed.count()})
      .bind(static_cast<std::int64_t>(entry.items))
      .bind(static_cast<std::int64_t>(entry.bytes))
      .bind(entry.outcome)
      .bind(entry.summary)
      .bind(entry.run);
  return statement->run();
}

Result<std::vector<model::HistoryEntry>> read_running(SqliteDb& db) {
  return rows<model::HistoryEntry>(
      db.prepare(kSelectRuns + std::string("WHERE outcome = 'running' ORDER BY run")), run_of);
}

Status insert_intents(SqliteDb& db, std::int64_t run, std::vector<CleanItem>& items) {
  return in_transaction(db, [&]() -> Status {
    auto statement = db.prepare(kAddItem);
    if (!statement) return tl::unexpected(std::move(statement).error());
    for (CleanItem& item : items) LULL_TRY(insert_intent(db, *statement, run, item));
    return insert_trashes(db, run, items);
  });
}

Status write_outcomes(SqliteDb& db, const std::vector<CleanOutcome>& outcomes) {
  return in_transaction(db, [&]() -> Status {
    LULL_TRY(write_as_meant(db, outcomes));
    LULL_TRY(write_others(db, outcomes));
    if (outcomes.empty()) return {};
    const auto [first, last] =
        std::minmax_element(outcomes.begin(), outcomes.end(),
                            [](const auto& a, const auto& b) { return a.item < b.item; });
    return raise_undoable(db, first->item, last->item);
  });
}

Status write_marks(SqliteDb& db, const std::vector<std::int64_t>& items, ItemState state) {
  std::vector<Range> ranges;
  for (const std::int64_t item : items) add_to(ranges, item);
  return in_transaction(db, [&]() -> Status {
    auto statement = db.prepare(kMark);
    if (!statement) return tl::unexpected(std::move(statement).error());
    for (const Range& range : ranges) {
      statement->again().bind(stored_state(state)).bind(range.first).bind(range.last);
      LULL_TRY(statement->run());
    }
    if (state == ItemState::kRestored) LULL_TRY(remember_undone(db, ranges));
    if (state == ItemState::kMoved)
      for (const Range& range : ranges) LULL_TRY(raise_undoable(db, range.first, range.last));
    return db.execute(kUpdateUndoable);
  });
}

Result<std::vector<CleanItem>> read_open_items(SqliteDb& db) {
  return rows<CleanItem>(db.prepare(items_where("state = 0 ORDER BY item")), item_of);
}

Result<std::vector<CleanItem>> read_items_of(SqliteDb& db, std::int64_t run) {
  auto statement = db.prepare(items_where("run = ? ORDER BY item"));
  if (statement) statement->bind(run);
  return rows<CleanItem>(std::move(statement), item_of);
}

Result<std::vector<CleanItem>> read_moved_before(SqliteDb& db, base::WallTime time) {
  auto statement = db.prepare(moved_where("deleted_at < ? ORDER BY item"));
  if (statement) statement->bind(stored_time(time));
  return rows<CleanItem>(std::move(statement), item_of);
}

Result<std::vector<CleanItem>> read_last_moved_before(SqliteDb& db, base::WallTime time,
                                                      base::Duration span) {
  auto statement = db.prepare(
      moved_where("deleted_at < ?1 AND deleted_at >= ?2 +"
                  " (SELECT max(deleted_at) FROM clean_item WHERE state = 1 AND deleted_at < ?1)"
                  " ORDER BY item"));
  const std::int64_t back = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
  if (statement) statement->bind(stored_time(time)).bind(-back);
  return rows<CleanItem>(std::move(statement), item_of);
}

Result<std::vector<CleanItem>> read_being_purged(SqliteDb& db) {
  return rows<CleanItem>(db.prepare(items_where("state = 7 ORDER BY item")), item_of);
}

Result<std::vector<CleanItem>> read_moved_by_runs_before(SqliteDb& db, LivedTime time) {
  auto statement =
      db.prepare(moved_where("run IN (SELECT run FROM run WHERE lived < ?) ORDER BY item"));
  if (statement) statement->bind(time.count());
  return rows<CleanItem>(std::move(statement), item_of);
}

Result<std::vector<std::string>> read_trashes_in_use(SqliteDb& db) {
  return rows<std::string>(db.prepare(kTrashes),
                           [](const SqliteStatement& row) { return row.bytes(0); });
}

Result<std::vector<CleanItem>> read_moved_to(SqliteDb& db, const std::string& trash) {
  auto statement =
      db.prepare(moved_where("run IN (SELECT run FROM run_trash WHERE trash = ?1) AND trash = ?1"
                             " ORDER BY item"));
  if (statement) statement->bind(trash);
  return rows<CleanItem>(std::move(statement), item_of);
}

Result<std::optional<std::int64_t>> read_last_undoable(SqliteDb& db) {
  auto statement = db.prepare(kLastUndoable);
  if (!statement) return tl::unexpected(std::move(statement).error());
  const auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->optional_integer(0) : std::nullopt;
}

Status write_plan(SqliteDb& db, const StoredPlan& plan, base::WallTime now) {
  return in_transaction(db, [&]() -> Status {
    auto add = db.prepare(kAddPlan);
    if (!add) return tl::unexpected(std::move(add).error());
    add->bind(plan.id)
        .bind(static_cast<std::int64_t>(plan.owner))
        .bind(stored_time(plan.made_at))
        .bind(plan.bytes);
    LULL_TRY(add->run());
    auto drop = db.prepare(kDropPlans);
    if (!drop) return tl::unexpected(std::move(drop).error());
    drop->bind(stored_time(oldest_plan(now)))
        .bind(static_cast<std::int64_t>(CleanJournal::kMostPlans));
    return drop->run();
  });
}

Result<StoredPlan> read_plan(SqliteDb& db, const std::string& id, base::WallTime now) {
  auto statement = db.prepare(kFindPlan);
  if (statement) statement->bind(id);
  auto found = rows<StoredPlan>(std::move(statement), [](const SqliteStatement& row) {
    return StoredPlan{row.bytes(0), static_cast<uid_t>(row.integer(1)), wall_time(row.integer(2)),
                      row.bytes(3)};
  });
  if (!found) return tl::unexpected(std::move(found).error());
  if (found->empty())
    return base::fail(base::ErrorCode::kNotFound, "there is no such plan; scan again");
  if (found->front().made_at < oldest_plan(now))
    return base::fail(base::ErrorCode::kUnavailable, "the plan is too old; scan again");
  return std::move(found->front());
}

}  // namespace lull::clean
