// SPDX-License-Identifier: MIT
#include "core/clean/journal/journal_rows.h"

#include <algorithm>
#include <cmath>

namespace lull::clean {
namespace {

using base::Result;
using base::Status;

constexpr double kMillion = 1e6;
constexpr double kMostWeight = 1e6;  // more than a person can do

// NaN and what is below zero are nothing.
std::int64_t millionths(double value) {
  return value > 0 ? std::llround(std::min(value, kMostWeight) * kMillion) : 0;
}
double from_millionths(std::int64_t value) { return static_cast<double>(value) / kMillion; }

constexpr const char* kLoadOpenings =
    "SELECT hour, weight, at FROM opening WHERE hour BETWEEN 0 AND 167 AND"
    " weight BETWEEN 0 AND 1000000000000 ORDER BY hour";
constexpr const char* kSaveOpening =
    "INSERT INTO opening (hour, weight, at) VALUES (?, ?, ?) ON CONFLICT (hour) DO UPDATE SET"
    " weight = excluded.weight, at = excluded.at";
constexpr const char* kLoadPathUses =
    "SELECT path, score, at FROM path_use WHERE path <> '' AND"
    " score BETWEEN 0 AND 1000000000000 ORDER BY path";
constexpr const char* kAddPathUse =
    "INSERT OR REPLACE INTO path_use (path, score, at) VALUES (?, ?, ?)";
constexpr const char* kLoadRunCosts =
    "SELECT work, items, bytes, elapsed, at FROM run_cost WHERE elapsed >= 0 ORDER BY work";
constexpr const char* kSaveRunCost =
    "INSERT INTO run_cost (work, items, bytes, elapsed, at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (work) DO UPDATE SET items = excluded.items, bytes = excluded.bytes,"
    " elapsed = excluded.elapsed, at = excluded.at";
// In the order of `at` and then `work`, so that equal times do not let one more live.
constexpr const char* kTrimRunCosts =
    "DELETE FROM run_cost WHERE work IN"
    " (SELECT work FROM run_cost ORDER BY at DESC, work LIMIT -1 OFFSET ?)";

Status add_path_use(SqliteDb& db, const StoredPathUse& use) {
  auto statement = db.prepare(kAddPathUse);
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(use.path).bind(millionths(use.score)).bind(stored_time(use.at));
  return statement->run();
}

Status trim_run_costs(SqliteDb& db, std::size_t most) {
  auto statement = db.prepare(kTrimRunCosts);
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(static_cast<std::int64_t>(most));
  return statement->run();
}

std::optional<std::uint64_t> bytes_of(std::optional<std::int64_t> stored) {
  if (!stored || *stored < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*stored);
}

}  // namespace

model::HistoryEntry run_of(const SqliteStatement& row) {
  model::HistoryEntry entry;
  entry.run = row.integer(0);
  entry.kind = row.bytes(1);
  entry.origin = row.bytes(2);
  entry.started_at = wall_time(row.integer(3));
  entry.elapsed = base::Duration(row.integer(4));
  entry.items = static_cast<std::uint64_t>(row.integer(5));
  entry.bytes = static_cast<std::uint64_t>(row.integer(6));
  entry.undoable = row.integer(7) != 0;
  entry.outcome = row.bytes(8);
  entry.summary = row.bytes(9);
  if (const auto cpu = row.optional_integer(10); cpu && *cpu >= 0)
    entry.usage = model::RunUsage{base::Duration(*cpu), bytes_of(row.optional_integer(11)),
                                  bytes_of(row.optional_integer(12)), row.integer(13) != 0};
  entry.predicted_bytes = bytes_of(row.optional_integer(14));
  entry.still_free_bytes = bytes_of(row.optional_integer(15));
  entry.idle_apps_bytes = bytes_of(row.optional_integer(16));
  return entry;
}

Result<std::vector<StoredOpening>> read_openings(SqliteDb& db) {
  return rows<StoredOpening>(db.prepare(kLoadOpenings), [](const SqliteStatement& row) {
    return StoredOpening{static_cast<unsigned>(row.integer(0)), from_millionths(row.integer(1)),
                         wall_time(row.integer(2))};
  });
}

Status write_opening(SqliteDb& db, const StoredOpening& opening) {
  auto statement = db.prepare(kSaveOpening);
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(std::int64_t{opening.hour})
      .bind(millionths(opening.weight))
      .bind(stored_time(opening.at));
  return statement->run();
}

Result<std::vector<StoredPathUse>> read_path_uses(SqliteDb& db) {
  return rows<StoredPathUse>(db.prepare(kLoadPathUses), [](const SqliteStatement& row) {
    return StoredPathUse{row.bytes(0), from_millionths(row.integer(1)), wall_time(row.integer(2))};
  });
}

Status write_path_uses(SqliteDb& db, const std::vector<StoredPathUse>& uses) {
  return in_transaction(db, [&]() -> Status {
    LULL_TRY(db.execute("DELETE FROM path_use"));
    for (const StoredPathUse& use : uses) LULL_TRY(add_path_use(db, use));
    return {};
  });
}

Status delete_habits(SqliteDb& db) {
  Status status = in_transaction(
      db, [&]() -> Status { return db.execute("DELETE FROM opening; DELETE FROM path_use"); });
  // The log still has what was there.
  if (status) (void)db.query_integer("PRAGMA wal_checkpoint(TRUNCATE)");
  return status;
}

Result<std::vector<StoredLeftAlone>> read_left_alone(SqliteDb& db) {
  return rows<StoredLeftAlone>(db.prepare("SELECT app, until FROM left_alone ORDER BY app"),
                               [](const SqliteStatement& row) {
                                 return StoredLeftAlone{row.bytes(0), wall_time(row.integer(1))};
                               });
}

Status write_left_alone(SqliteDb& db, const std::vector<StoredLeftAlone>& apps) {
  return in_transaction(db, [&]() -> Status {
    LULL_TRY(db.execute("DELETE FROM left_alone"));
    auto statement = db.prepare("INSERT OR REPLACE INTO left_alone (app, until) VALUES (?, ?)");
    if (!statement) return tl::unexpected(std::move(statement).error());
    for (const StoredLeftAlone& one : apps) {
      statement->again().bind(one.app).bind(stored_time(one.until));
      LULL_TRY(statement->run());
    }
    return {};
  });
}

Result<std::optional<StoredPause>> read_pause(SqliteDb& db) {
  const auto found = rows<StoredPause>(db.prepare("SELECT since, until FROM pause"),
                                       [](const SqliteStatement& row) {
                                         StoredPause pause{wall_time(row.integer(0)), std::nullopt};
                                         if (const auto until = row.optional_integer(1))
                                           pause.until = wall_time(*until);
                                         return pause;
                                       });
  if (!found) return tl::unexpected(found.error());
  return found->empty() ? std::nullopt : std::optional(found->front());
}

Status write_pause(SqliteDb& db, const std::optional<StoredPause>& pause) {
  if (!pause) return db.execute("DELETE FROM pause");
  auto statement = db.prepare("INSERT OR REPLACE INTO pause (one, since, until) VALUES (1, ?, ?)");
  if (!statement) return tl::unexpected(std::move(statement).error());
  statement->bind(stored_time(pause->since)).bind(stored_time(pause->until));
  return statement->run();
}

Result<std::vector<StoredRunCost>> read_run_costs(SqliteDb& db) {
  return rows<StoredRunCost>(db.prepare(kLoadRunCosts), [](const SqliteStatement& row) {
    return StoredRunCost{row.bytes(0), static_cast<std::uint64_t>(row.integer(1)),
                         static_cast<std::uint64_t>(row.integer(2)), base::Duration(row.integer(3)),
                         wall_time(row.integer(4))};
  });
}

Status write_run_cost(SqliteDb& db, const StoredRunCost& cost, std::size_t most) {
  return in_transaction(db, [&]() -> Status {
    auto statement = db.prepare(kSaveRunCost);
    if (!statement) return tl::unexpected(std::move(statement).error());
    statement->bind(cost.work)
        .bind(static_cast<std::int64_t>(cost.items))
        .bind(static_cast<std::int64_t>(cost.bytes))
        .bind(std::int64_t{cost.elapsed.count()})
        .bind(stored_time(cost.at));
    LULL_TRY(statement->run());
    return trim_run_costs(db, most);
  });
}

}  // namespace lull::clean
