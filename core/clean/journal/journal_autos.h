// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/clean/journal/auto_journal.h"
#include "core/clean/journal/sqlite_db.h"

// The tables of cleaning by itself and of what runs say. Private to the journal; its lock is held.
// What each does is said in auto_journal.h and journal.h.
namespace lull::clean {

inline constexpr const char* kSeenFact = "seen-at";
inline constexpr const char* kToldFact = "told-at";
inline constexpr const char* kToldRunFact = "told-run";

base::Result<model::AutoState> read_auto_state(SqliteDb& db);
base::Result<std::int64_t> insert_rehearsal(SqliteDb& db, const model::HistoryEntry& entry,
                                            const std::vector<model::RuleStanding>& rules,
                                            const std::vector<model::RunNote>& notes);
base::Status insert_notes(SqliteDb& db, std::int64_t run, const std::vector<model::RunNote>& notes);
base::Status write_usage(SqliteDb& db, std::int64_t run, const model::RunUsage& usage);
base::Status write_fact(SqliteDb& db, const char* name, base::WallTime at);
base::Status write_told(SqliteDb& db, base::WallTime at, std::int64_t run);
base::Status write_forgiven(SqliteDb& db, const std::string& rule);
base::Result<model::RunDetail> read_detail(SqliteDb& db, std::int64_t run);
base::Result<std::uint64_t> delete_what_can_go(SqliteDb& db);

// Of a finished run; shared with the journal's own runs. Returns its id.
base::Result<std::int64_t> insert_run(SqliteDb& db, const model::HistoryEntry& entry);
// With what else is known of it: its usage, and what relief was to give.
base::Result<std::int64_t> insert_full_run(SqliteDb& db, const model::HistoryEntry& entry);
base::Status write_still_free(SqliteDb& db, const model::HistoryEntry& entry);

}  // namespace lull::clean
