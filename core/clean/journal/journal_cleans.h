// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clean/journal/clean_journal.h"
#include "core/clean/journal/sqlite_db.h"

// The tables of runs that move, of their items and of plans. Private to the journal; its lock is
// held. What each does is said in clean_journal.h.
namespace lull::clean {

base::Result<std::int64_t> insert_running(SqliteDb& db, std::string_view kind,
                                          std::string_view origin, const TimeReading& now);
base::Result<LivedTime> live_until(SqliteDb& db, const TimeReading& now);
base::Status complete_run(SqliteDb& db, const model::HistoryEntry& entry);
base::Result<std::vector<model::HistoryEntry>> read_running(SqliteDb& db);

base::Status insert_intents(SqliteDb& db, std::int64_t run, std::vector<CleanItem>& items);
base::Status write_outcomes(SqliteDb& db, const std::vector<CleanOutcome>& outcomes);
base::Status write_marks(SqliteDb& db, const std::vector<std::int64_t>& items, ItemState state);

base::Result<std::vector<CleanItem>> read_open_items(SqliteDb& db);
base::Result<std::vector<CleanItem>> read_items_of(SqliteDb& db, std::int64_t run);
base::Result<std::vector<CleanItem>> read_moved_before(SqliteDb& db, base::WallTime time);
base::Result<std::vector<CleanItem>> read_last_moved_before(SqliteDb& db, base::WallTime time,
                                                            base::Duration span);
base::Result<std::vector<CleanItem>> read_being_purged(SqliteDb& db);
base::Result<std::vector<CleanItem>> read_moved_by_runs_before(SqliteDb& db, LivedTime time);
base::Result<std::vector<std::string>> read_trashes_in_use(SqliteDb& db);
base::Result<std::vector<CleanItem>> read_moved_to(SqliteDb& db, const std::string& trash);
base::Result<std::optional<std::int64_t>> read_last_undoable(SqliteDb& db);

base::Status write_plan(SqliteDb& db, const StoredPlan& plan, base::WallTime now);
base::Result<StoredPlan> read_plan(SqliteDb& db, const std::string& id, base::WallTime now);

}  // namespace lull::clean
