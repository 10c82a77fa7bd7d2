// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/dates.h"
#include "core/base/result.h"
#include "core/clean/journal/journal.h"
#include "core/clean/journal/sqlite_db.h"

// Values as rows, and the tables of habits and costs. Private to the journal; its lock is held.
namespace lull::clean {

inline std::int64_t stored_time(base::WallTime time) { return time.time_since_epoch().count(); }
// A damaged file may say anything: what has no date is the nearest that has one, so that whoever
// takes a difference of instants gets one.
inline base::WallTime wall_time(std::int64_t milliseconds) {
  return std::clamp(base::WallTime(std::chrono::milliseconds(milliseconds)), base::kFirstDate,
                    base::kLastDate);
}

inline std::optional<std::int64_t> stored_time(const std::optional<base::WallTime>& time) {
  if (!time) return std::nullopt;
  return stored_time(*time);
}
inline std::optional<base::WallTime> wall_time(std::optional<std::int64_t> milliseconds) {
  if (!milliseconds) return std::nullopt;
  return wall_time(*milliseconds);
}

// All rows of a query.
template <class Value>
base::Result<std::vector<Value>> rows(base::Result<SqliteStatement> statement,
                                      Value (*value_of)(const SqliteStatement&)) {
  if (!statement) return tl::unexpected(std::move(statement).error());
  std::vector<Value> values;
  while (true) {
    const auto row = statement->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return values;
    values.push_back(value_of(*statement));
  }
}

// Runs `act` in a transaction of its own: all of it, or nothing.
template <class Act>
base::Status in_transaction(SqliteDb& db, Act&& act) {
  LULL_TRY(db.execute("BEGIN IMMEDIATE"));
  base::Status status = act();
  if (status) status = db.execute("COMMIT");
  if (!status) (void)db.execute("ROLLBACK");
  return status;
}

// While it lives, a transaction is flushed with the next one that is flushed.
class FlushLater {
 public:
  explicit FlushLater(SqliteDb& db) : db_(db) { (void)db_.execute("PRAGMA synchronous = NORMAL"); }
  ~FlushLater() { (void)db_.execute("PRAGMA synchronous = FULL"); }
  FlushLater(const FlushLater&) = delete;
  FlushLater& operator=(const FlushLater&) = delete;

 private:
  SqliteDb& db_;
};

// All columns of the table of runs, in their order.
inline constexpr const char* kSelectRuns =
    "SELECT run, kind, origin, started_at, elapsed, items, bytes, undoable, outcome, summary,"
    " cpu, read, written, on_battery, predicted, still_free, idle_apps FROM run"
    " LEFT JOIN run_usage USING (run) LEFT JOIN run_relief USING (run) ";
model::HistoryEntry run_of(const SqliteStatement& row);  // of kSelectRuns

base::Result<std::vector<StoredOpening>> read_openings(SqliteDb& db);
base::Status write_opening(SqliteDb& db, const StoredOpening& opening);
base::Result<std::vector<StoredPathUse>> read_path_uses(SqliteDb& db);
base::Status write_path_uses(SqliteDb& db, const std::vector<StoredPathUse>& uses);
base::Status delete_habits(SqliteDb& db);
base::Result<std::vector<StoredLeftAlone>> read_left_alone(SqliteDb& db);
base::Status write_left_alone(SqliteDb& db, const std::vector<StoredLeftAlone>& apps);
base::Result<std::optional<StoredPause>> read_pause(SqliteDb& db);
base::Status write_pause(SqliteDb& db, const std::optional<StoredPause>& pause);
base::Result<std::vector<StoredRunCost>> read_run_costs(SqliteDb& db);
// Drops all but the newest `most`.
base::Status write_run_cost(SqliteDb& db, const StoredRunCost& cost, std::size_t most);

}  // namespace lull::clean
