// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/result.h"
#include "core/clean/journal/sqlite_db.h"

// What the journal looks like inside, and how an older or foreign file is told. Private to the
// journal.
namespace lull::clean {

// Makes an open database the journal: creates or migrates its tables in one transaction.
// kMalformed: damaged, or not a journal of ours. kUnavailable: written by a newer program; nothing
// was changed. kPermissionDenied: it cannot be written.
base::Status prepare_journal(SqliteDb& db);

// The same for one that is only read: it must be whole, and of this program's schema (otherwise
// kUnavailable: it cannot be migrated now).
base::Status check_journal(SqliteDb& db);

// How much memory and log the journal takes. Batches of a run are larger than what is kept at rest:
// without room for one, its pages are written twice, and the log is folded in, which flushes twice
// more, after each.
enum class Room : bool { kRest, kRun };
void set_room(SqliteDb& db, Room room);

}  // namespace lull::clean
