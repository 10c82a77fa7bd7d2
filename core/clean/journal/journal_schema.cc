// SPDX-License-Identifier: MIT
#include "core/clean/journal/journal_schema.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

namespace lull::clean {
namespace {

constexpr std::int64_t kSchema = 7;
constexpr std::int64_t kApplicationId = 0x4C756C6C;  // "Lull"

// Instants are milliseconds since 1970, durations nanoseconds, sizes unsigned 64-bit kept as
// signed. Ids are never used again (AUTOINCREMENT): a person may have noted one.
// Schema 1: jobs and runs.
constexpr const char* kFirst = R"sql(
  CREATE TABLE job (
    name         TEXT PRIMARY KEY,
    next_due     INTEGER,
    last_started INTEGER,
    last_outcome TEXT NOT NULL,
    last_message TEXT NOT NULL,
    checkpoint   TEXT NOT NULL,
    failures     INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE run (
    run        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL,
    origin     TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    elapsed    INTEGER NOT NULL,
    items      INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    undoable   INTEGER NOT NULL,
    outcome    TEXT NOT NULL,
    summary    TEXT NOT NULL
  );
)sql";
// Schema 2 adds habits and costs. Weights and scores are millionths.
constexpr const char* kSecond = R"sql(
  CREATE TABLE opening (
    hour   INTEGER PRIMARY KEY,
    weight INTEGER NOT NULL,
    at     INTEGER NOT NULL
  );
  CREATE TABLE path_use (
    path  TEXT PRIMARY KEY,
    score INTEGER NOT NULL,
    at    INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE run_cost (
    work    TEXT PRIMARY KEY,
    items   INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    elapsed INTEGER NOT NULL,
    at      INTEGER NOT NULL
  ) WITHOUT ROWID;
)sql";
// Schema 3 adds what a run means to move and what became of it, and plans. `state` is an ItemState.
constexpr const char* kThird = R"sql(
  CREATE TABLE clean_item (
    item       INTEGER PRIMARY KEY AUTOINCREMENT,
    run        INTEGER NOT NULL REFERENCES run (run) ON DELETE CASCADE,
    path       TEXT NOT NULL,
    root       TEXT NOT NULL,
    rule       TEXT NOT NULL,
    directory  INTEGER NOT NULL,
    device     INTEGER NOT NULL,
    inode      INTEGER NOT NULL,
    mtime      INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    entries    INTEGER NOT NULL,
    trash      TEXT NOT NULL,
    wanted     TEXT NOT NULL,
    token      TEXT NOT NULL,
    deleted_at INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    name       TEXT NOT NULL,
    reason     TEXT NOT NULL
  );
  CREATE INDEX clean_item_run ON clean_item (run);
  CREATE INDEX clean_item_open ON clean_item (item) WHERE state = 0;
  CREATE INDEX clean_item_moved ON clean_item (deleted_at) WHERE state = 1;
  CREATE TABLE clean_plan (
    id      TEXT PRIMARY KEY,
    owner   INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    bytes   BLOB NOT NULL
  ) WITHOUT ROWID;
)sql";
// Schema 4 adds cleaning by itself: what it knows of rules, what was given back (which outlives the
// run that had moved it), facts by name, and what runs say beside their items.
constexpr const char* kFourth = R"sql(
  CREATE TABLE auto_rule (
    rule         TEXT PRIMARY KEY,
    print        TEXT NOT NULL,
    rehearsed_at INTEGER NOT NULL,
    forgiven_run INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE undone_item (
    path      TEXT PRIMARY KEY,
    rule      TEXT NOT NULL,
    run       INTEGER NOT NULL,
    automatic INTEGER NOT NULL,
    at        INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE auto_fact (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE run_note (
    note   INTEGER PRIMARY KEY AUTOINCREMENT,
    run    INTEGER NOT NULL REFERENCES run (run) ON DELETE CASCADE,
    rule   TEXT NOT NULL,
    path   TEXT NOT NULL,
    fate   TEXT NOT NULL,
    reason TEXT NOT NULL,
    items  INTEGER NOT NULL,
    bytes  INTEGER NOT NULL
  );
  CREATE INDEX run_note_run ON run_note (run);
  CREATE TABLE run_usage (
    run        INTEGER PRIMARY KEY REFERENCES run (run) ON DELETE CASCADE,
    cpu        INTEGER NOT NULL,
    read       INTEGER,
    written    INTEGER,
    on_battery INTEGER NOT NULL
  );
)sql";
// Schema 5 counts the time that has certainly gone by (`lived`, see core/clean/lived_time.h), and
// finds what is to be purged by the run it belongs to. Of runs before it nothing is known: they
// count as begun at the step.
constexpr const char* kFifth = R"sql(
  CREATE TABLE lived (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    lived      INTEGER NOT NULL,
    wall       INTEGER NOT NULL,
    since_boot INTEGER NOT NULL,
    boot       TEXT NOT NULL
  );
  ALTER TABLE run ADD COLUMN lived INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE run_trash (
    run   INTEGER NOT NULL REFERENCES run (run) ON DELETE CASCADE,
    trash TEXT NOT NULL,
    PRIMARY KEY (run, trash)
  ) WITHOUT ROWID;
  INSERT INTO run_trash SELECT DISTINCT run, trash FROM clean_item;
  DROP INDEX clean_item_moved;
  CREATE INDEX clean_item_moved ON clean_item (run, deleted_at) WHERE state = 1;
  CREATE INDEX clean_item_purging ON clean_item (item) WHERE state = 7;
)sql";
// Schema 6 adds what became of memory that idle apps gave.
constexpr const char* kSixth = R"sql(
  CREATE TABLE run_relief (
    run        INTEGER PRIMARY KEY REFERENCES run (run) ON DELETE CASCADE,
    predicted  INTEGER,
    still_free INTEGER
  );
)sql";
// Schema 7 adds what that memory was by measurement, which apps are left alone until when, and
// whether nothing is to run by itself.
constexpr const char* kSeventh = R"sql(
  ALTER TABLE run_relief ADD COLUMN idle_apps INTEGER;
  CREATE TABLE left_alone (
    app   TEXT PRIMARY KEY,
    until INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE pause (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    since INTEGER NOT NULL,
    until INTEGER
  );
)sql";
// From schema i to i + 1.
constexpr std::array kSteps = {kFirst, kSecond, kThird, kFourth, kFifth, kSixth, kSeventh};
static_assert(kSteps.size() == kSchema);
constexpr const char* kCountTables =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND"
    " name IN ('job', 'run', 'opening', 'path_use', 'run_cost', 'clean_item', 'clean_plan',"
    " 'auto_rule', 'undone_item', 'auto_fact', 'run_note', 'run_usage', 'lived', 'run_trash',"
    " 'run_relief', 'left_alone', 'pause')";
constexpr std::int64_t kTables = 17;

// A commit is on the disk when it returns (FULL), since a later clean relies on it; what is deleted
// cannot be read in free pages.
constexpr const char* kWriteSettings =
    "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 262144; PRAGMA secure_delete = ON;";
// At rest 64 KiB of pages are kept, and the log is folded in every 64, so that it stays small.
constexpr const char* kAtRest = "PRAGMA cache_size = -64; PRAGMA wal_autocheckpoint = 64;";
constexpr const char* kInARun = "PRAGMA cache_size = -2048; PRAGMA wal_autocheckpoint = 1000;";

base::Status not_a_journal(const char* why) { return base::fail(base::ErrorCode::kMalformed, why); }

struct Identity {
  std::int64_t schema = 0;
  std::int64_t application = 0;
  std::int64_t tables = 0;
};

base::Result<Identity> read_identity(SqliteDb& db) {
  const auto schema = db.query_integer("PRAGMA user_version");
  if (!schema) return tl::unexpected(schema.error());
  const auto application = db.query_integer("PRAGMA application_id");
  if (!application) return tl::unexpected(application.error());
  const auto tables = db.query_integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
  if (!tables) return tl::unexpected(tables.error());
  return Identity{*schema, *application, *tables};
}

// In one transaction: another process may be creating the tables just now.
base::Result<Identity> identify(SqliteDb& db) {
  LULL_TRY(db.execute("BEGIN"));
  auto identity = read_identity(db);
  const auto end = db.execute("COMMIT");
  if (identity && !end) return tl::unexpected(end.error());
  if (!identity) (void)db.execute("ROLLBACK");
  return identity;
}

base::Status check_identity(const Identity& identity) {
  const bool empty = identity.schema == 0 && identity.application == 0 && identity.tables == 0;
  if (empty) return {};
  if (identity.application != kApplicationId) return not_a_journal("a database of something else");
  if (identity.schema > kSchema)
    return base::fail(base::ErrorCode::kUnavailable,
                      "the journal was written by a newer version of lull (schema " +
                          std::to_string(identity.schema) + "); update lull to use it");
  return {};
}

base::Status check_content(SqliteDb& db) {
  const auto verdict = db.query_text("PRAGMA quick_check(1)");
  if (!verdict) return tl::unexpected(verdict.error());
  if (*verdict != "ok") return not_a_journal("the database is damaged");
  const auto tables = db.query_integer(kCountTables);
  if (!tables) return tl::unexpected(tables.error());
  return *tables == kTables ? base::Status() : not_a_journal("tables are missing");
}

// Every schema has these; a step that needs them would fail like one that the disk refuses.
base::Status check_first_tables(SqliteDb& db) {
  const auto tables = db.query_integer(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('job', 'run')");
  if (!tables) return tl::unexpected(tables.error());
  return *tables == 2 ? base::Status() : not_a_journal("tables are missing");
}

base::Status set_number(SqliteDb& db, const char* pragma, std::int64_t value) {
  return db.execute((std::string("PRAGMA ") + pragma + " = " + std::to_string(value)).c_str());
}

// The steps that are missing, in the transaction that holds the lock.
base::Status take_steps(SqliteDb& db) {
  const auto schema = db.query_integer("PRAGMA user_version");
  if (!schema) return tl::unexpected(schema.error());
  for (std::int64_t step = std::max<std::int64_t>(*schema, 0); step < kSchema; ++step)
    LULL_TRY(db.execute(kSteps[static_cast<std::size_t>(step)]));
  if (*schema >= kSchema) return {};
  LULL_TRY(set_number(db, "application_id", kApplicationId));
  return set_number(db, "user_version", kSchema);
}

// Another process may have done the same since we looked: the lock first, then look again.
base::Status migrate(SqliteDb& db) {
  LULL_TRY(db.execute("BEGIN IMMEDIATE"));
  base::Status status = take_steps(db);
  if (status) status = db.execute("COMMIT");
  if (!status) (void)db.execute("ROLLBACK");
  return status;
}

}  // namespace

void set_room(SqliteDb& db, Room room) {
  (void)db.execute(room == Room::kRun ? kInARun : kAtRest);
  if (room == Room::kRest) db.release_memory();
}

base::Status prepare_journal(SqliteDb& db) {
  db.checkpoint_on_close(false);  // until it is ours, it stays as it is
  const auto identity = identify(db);
  if (!identity) return tl::unexpected(identity.error());
  LULL_TRY(check_identity(*identity));
  if (db.read_only()) return base::fail_errno(EACCES, {}, "using the journal");
  const auto mode = db.query_text("PRAGMA journal_mode = WAL");
  if (!mode) return tl::unexpected(mode.error());
  LULL_TRY(db.execute(kWriteSettings));
  LULL_TRY(db.execute(kAtRest));
  if (identity->schema > 0) LULL_TRY(check_first_tables(db));
  if (identity->schema < kSchema) LULL_TRY(migrate(db));
  LULL_TRY(check_content(db));
  db.checkpoint_on_close(true);
  return {};
}

base::Status check_journal(SqliteDb& db) {
  const auto identity = identify(db);
  if (!identity) return tl::unexpected(identity.error());
  LULL_TRY(check_identity(*identity));
  if (identity->schema != kSchema)
    return base::fail(base::ErrorCode::kUnavailable,
                      "the journal is of an older version of lull and cannot be brought up to date "
                      "while it cannot be written");
  return check_content(db);
}

}  // namespace lull::clean
