// SPDX-License-Identifier: MIT
#include "core/clean/journal/journal_autos.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "core/clean/journal/journal_cleans.h"
#include "core/clean/journal/journal_rows.h"

namespace lull::clean {
namespace {

using base::Result;
using base::Status;

// A print is 16 hex digits; ids of rules are never empty, and times lie behind 1970.
constexpr const char* kLoadRules =
    "SELECT rule, print, rehearsed_at, forgiven_run FROM auto_rule WHERE rule <> '' AND"
    " (length(print) = 16 OR print = '') AND rehearsed_at >= 0 AND forgiven_run >= 0 ORDER BY rule";
constexpr const char* kLoadUndone =
    "SELECT path, rule, run, automatic, at FROM undone_item WHERE path LIKE '/%' ORDER BY path";
constexpr const char* kLoadFact = "SELECT value FROM auto_fact WHERE name = ?";
constexpr const char* kSaveFact =
    "INSERT INTO auto_fact (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
constexpr const char* kAddRun =
    "INSERT INTO run (kind, origin, started_at, elapsed, items, bytes, undoable, outcome, summary)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kSaveRehearsed =
    "INSERT INTO auto_rule (rule, print, rehearsed_at, forgiven_run) VALUES (?, ?, ?, 0)"
    " ON CONFLICT (rule) DO UPDATE SET print = excluded.print,"
    " rehearsed_at = excluded.rehearsed_at";
constexpr const char* kSaveForgiven =
    "INSERT INTO auto_rule (rule, print, rehearsed_at, forgiven_run)"
    " VALUES (?, '', 0, (SELECT coalesce(max(run), 0) FROM run))"
    " ON CONFLICT (rule) DO UPDATE SET forgiven_run = excluded.forgiven_run";
constexpr const char* kAddNote =
    "INSERT INTO run_note (run, rule, path, fate, reason, items, bytes)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kNotes =
    "SELECT rule, path, fate, reason, items, bytes FROM run_note WHERE run = ? ORDER BY note";
constexpr const char* kSaveUsage =
    "INSERT OR REPLACE INTO run_usage (run, cpu, read, written, on_battery)"
    " VALUES (?, ?, ?, ?, ?)";
constexpr const char* kSaveRelief =
    "INSERT INTO run_relief (run, predicted, still_free, idle_apps) VALUES (?, ?, ?, ?)";
constexpr const char* kSaveStillFree =
    "INSERT INTO run_relief (run, still_free)"
    " SELECT run, ? FROM run WHERE kind = ? AND started_at = ? ORDER BY run DESC LIMIT 1"
    " ON CONFLICT (run) DO UPDATE SET still_free = excluded.still_free";
// 0, 1 and 7: what settling, undo and purge need.
constexpr const char* kForgetRuns =
    "DELETE FROM run WHERE undoable = 0 AND outcome <> 'running' AND NOT EXISTS"
    " (SELECT 1 FROM clean_item WHERE clean_item.run = run.run AND state IN (0, 1, 7))";
constexpr const char* kForgetLearnt =
    "DELETE FROM opening; DELETE FROM path_use; DELETE FROM run_cost; DELETE FROM clean_plan;"
    " DELETE FROM left_alone;";

// By ItemState.
constexpr std::array<std::string_view, 8> kStateNames = {"open", "moved",    "skipped", "failed",
                                                         "gone", "restored", "purged",  "purged"};

std::string_view state_name(ItemState state) {
  const auto index = static_cast<std::size_t>(state);
  return index < kStateNames.size() ? kStateNames[index] : "open";
}

std::optional<std::int64_t> stored_bytes(std::optional<std::uint64_t> bytes) {
  if (!bytes) return std::nullopt;
  return static_cast<std::int64_t>(*bytes);
}

model::RuleStanding standing_of(const SqliteStatement& row) {
  return {row.bytes(0), row.bytes(1), wall_time(row.integer(2)), row.integer(3)};
}

model::UndoneItem undone_of(const SqliteStatement& row) {
  return {row.bytes(0), row.bytes(1), row.integer(2), row.integer(3) != 0,
          wall_time(row.integer(4))};
}

model::RunNote note_of(const SqliteStatement& row) {
  return {row.bytes(0),
          row.bytes(1),
          row.bytes(2),
          row.bytes(3),
          static_cast<std::uint64_t>(row.integer(4)),
          static_cast<std::uint64_t>(row.integer(5))};
}

Result<std::optional<std::int64_t>> read_number(SqliteDb& db, const char* name) {
  auto statement = db.prepare(kLoadFact);
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(std::string_view(name));
  const auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  return statement->integer(0);
}

Result<std::optional<base::WallTime>> read_fact(SqliteDb& db, const char* name) {
  const auto number = read_number(db, name);
  if (!number) return tl::unexpected(number.error());
  if (!*number) return std::nullopt;
  return wall_time(**number);
}

Status write_number(SqliteDb& db, const char* name, std::int64_t number) {
  auto statement = db.prepare(kSaveFact);
  if (!statement) return tl::unexpected(std::move(statement).error());
  return statement->bind(std::string_view(name)).bind(number).run();
}

Status write_notes(SqliteDb& db, std::int64_t run, const std::vector<model::RunNote>& notes) {
  auto statement = db.prepare(kAddNote);
  if (!statement) return tl::unexpected(std::move(statement).error());
  for (const model::RunNote& note : notes) {
    statement->again()
        .bind(run)
        .bind(note.rule)
        .bind(note.path)
        .bind(note.fate)
        .bind(note.reason)
        .bind(static_cast<std::int64_t>(note.items))
        .bind(static_cast<std::int64_t>(note.bytes));
    LULL_TRY(statement->run());
  }
  return {};
}

Status write_rehearsed(SqliteDb& db, const std::vector<model::RuleStanding>& rules) {
  auto statement = db.prepare(kSaveRehearsed);
  if (!statement) return tl::unexpected(std::move(statement).error());
  for (const model::RuleStanding& rule : rules) {
    statement->again().bind(rule.rule).bind(rule.print).bind(stored_time(rule.rehearsed_at));
    LULL_TRY(statement->run());
  }
  return {};
}

Result<model::HistoryEntry> read_run(SqliteDb& db, std::int64_t run) {
  auto statement = db.prepare(kSelectRuns + std::string("WHERE run = ?"));
  if (statement) statement->bind(run);
  auto found = rows<model::HistoryEntry>(std::move(statement), run_of);
  if (!found) return tl::unexpected(std::move(found).error());
  if (found->empty())
    return base::fail(base::ErrorCode::kNotFound,
                      "there is no run " + std::to_string(run) + "; `lull history` lists the runs");
  return std::move(found->front());
}

Status write_relief(SqliteDb& db, std::int64_t run, const model::HistoryEntry& entry) {
  if (!entry.predicted_bytes && !entry.still_free_bytes && !entry.idle_apps_bytes) return {};
  auto statement = db.prepare(kSaveRelief);
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(run)
      .bind(stored_bytes(entry.predicted_bytes))
      .bind(stored_bytes(entry.still_free_bytes))
      .bind(stored_bytes(entry.idle_apps_bytes));
  return statement->run();
}

}  // namespace

Result<model::AutoState> read_auto_state(SqliteDb& db) {
  model::AutoState state;
  auto rules = rows<model::RuleStanding>(db.prepare(kLoadRules), standing_of);
  if (!rules) return tl::unexpected(std::move(rules).error());
  state.rules = *std::move(rules);
  auto undone = rows<model::UndoneItem>(db.prepare(kLoadUndone), undone_of);
  if (!undone) return tl::unexpected(std::move(undone).error());
  state.undone = *std::move(undone);
  const auto seen = read_fact(db, kSeenFact);
  if (!seen) return tl::unexpected(seen.error());
  state.seen_at = *seen;
  const auto told = read_fact(db, kToldFact);
  if (!told) return tl::unexpected(told.error());
  state.told_at = *told;
  const auto told_run = read_number(db, kToldRunFact);
  if (!told_run) return tl::unexpected(told_run.error());
  state.told_run = told_run->value_or(0);
  return state;
}

Result<std::int64_t> insert_run(SqliteDb& db, const model::HistoryEntry& entry) {
  auto statement = db.prepare(kAddRun);
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(entry.kind)
      .bind(entry.origin)
      .bind(stored_time(entry.started_at))
      .bind(std::int64_t{entry.elapsed.count()})
      .bind(static_cast<std::int64_t>(entry.items))
      .bind(static_cast<std::int64_t>(entry.bytes))
      .bind(std::int64_t{entry.undoable})
      .bind(entry.outcome)
      .bind(entry.summary);
  LULL_TRY(statement->run());
  return db.last_insert_id();
}

Result<std::int64_t> insert_full_run(SqliteDb& db, const model::HistoryEntry& entry) {
  if (!entry.usage && !entry.predicted_bytes && !entry.still_free_bytes && !entry.idle_apps_bytes)
    return insert_run(db, entry);
  std::int64_t run = 0;
  const Status written = in_transaction(db, [&]() -> Status {
    const auto added = insert_run(db, entry);
    if (!added) return tl::unexpected(added.error());
    run = *added;
    if (entry.usage) LULL_TRY(write_usage(db, run, *entry.usage));
    return write_relief(db, run, entry);
  });
  if (!written) return tl::unexpected(written.error());
  return run;
}

Status write_still_free(SqliteDb& db, const model::HistoryEntry& entry) {
  auto statement = db.prepare(kSaveStillFree);
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(stored_bytes(entry.still_free_bytes))
      .bind(entry.kind)
      .bind(stored_time(entry.started_at));
  return statement->run();
}

Result<std::int64_t> insert_rehearsal(SqliteDb& db, const model::HistoryEntry& entry,
                                      const std::vector<model::RuleStanding>& rules,
                                      const std::vector<model::RunNote>& notes) {
  std::int64_t run = 0;
  const Status written = in_transaction(db, [&]() -> Status {
    const auto added = insert_run(db, entry);
    if (!added) return tl::unexpected(added.error());
    run = *added;
    LULL_TRY(write_notes(db, run, notes));
    return write_rehearsed(db, rules);
  });
  if (!written) return tl::unexpected(written.error());
  return run;
}

Status insert_notes(SqliteDb& db, std::int64_t run, const std::vector<model::RunNote>& notes) {
  if (auto known = read_run(db, run); !known) return tl::unexpected(std::move(known).error());
  return in_transaction(db, [&] { return write_notes(db, run, notes); });
}

Status write_usage(SqliteDb& db, std::int64_t run, const model::RunUsage& usage) {
  auto statement = db.prepare(kSaveUsage);
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(run)
      .bind(std::int64_t{usage.cpu.count()})
      .bind(stored_bytes(usage.read_bytes))
      .bind(stored_bytes(usage.written_bytes))
      .bind(std::int64_t{usage.on_battery});
  return statement->run();
}

Status write_fact(SqliteDb& db, const char* name, base::WallTime at) {
  return write_number(db, name, stored_time(at));
}

Status write_told(SqliteDb& db, base::WallTime at, std::int64_t run) {
  return in_transaction(db, [&]() -> Status {
    LULL_TRY(write_fact(db, kToldFact, at));
    return write_number(db, kToldRunFact, run);
  });
}

Status write_forgiven(SqliteDb& db, const std::string& rule) {
  auto statement = db.prepare(kSaveForgiven);
  if (!statement) return tl::unexpected(std::move(statement).error());
  return statement->bind(rule).run();
}

Result<model::RunDetail> read_detail(SqliteDb& db, std::int64_t run) {
  auto entry = read_run(db, run);
  if (!entry) return tl::unexpected(std::move(entry).error());
  model::RunDetail detail{*std::move(entry), {}, {}};
  auto items = read_items_of(db, run);
  if (!items) return tl::unexpected(std::move(items).error());
  for (CleanItem& item : *items)
    detail.items.push_back({std::move(item.path), std::move(item.rule),
                            std::string(state_name(item.state)), std::move(item.reason),
                            item.entries, item.bytes});
  auto notes = db.prepare(kNotes);
  if (notes) notes->bind(run);
  auto read = rows<model::RunNote>(std::move(notes), note_of);
  if (!read) return tl::unexpected(std::move(read).error());
  detail.notes = *std::move(read);
  return detail;
}

Result<std::uint64_t> delete_what_can_go(SqliteDb& db) {
  std::int64_t before = 0, after = 0;
  const auto count = [&](std::int64_t& into) -> Status {
    const auto counted = db.query_integer("SELECT count(*) FROM run");
    if (!counted) return tl::unexpected(counted.error());
    into = *counted;
    return {};
  };
  const Status forgotten = in_transaction(db, [&]() -> Status {
    LULL_TRY(count(before));
    LULL_TRY(db.execute(kForgetLearnt));
    LULL_TRY(db.execute(kForgetRuns));
    return count(after);
  });
  if (!forgotten) return tl::unexpected(forgotten.error());
  // The log still has what was there.
  (void)db.query_integer("PRAGMA wal_checkpoint(TRUNCATE)");
  return static_cast<std::uint64_t>(before - after);
}

}  // namespace lull::clean
