// SPDX-License-Identifier: MIT
#include "core/clean/journal/journal.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

#include <sys/stat.h>

#include "core/clean/journal/journal_autos.h"
#include "core/clean/journal/journal_cleans.h"
#include "core/clean/journal/journal_file.h"
#include "core/clean/journal/journal_rows.h"
#include "core/clean/journal/journal_schema.h"
#include "core/clean/journal/sqlite_db.h"

namespace lull::clean {
namespace {

using base::Result;
using base::Status;

constexpr const char* kSaveJob =
    "INSERT INTO job (name, next_due, last_started, last_outcome, last_message, checkpoint, "
    "failures)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
    " next_due = excluded.next_due, last_started = excluded.last_started,"
    " last_outcome = excluded.last_outcome, last_message = excluded.last_message,"
    " checkpoint = excluded.checkpoint, failures = excluded.failures";
constexpr const char* kLoadJobs =
    "SELECT name, next_due, last_started, last_outcome, last_message, checkpoint, failures"
    " FROM job ORDER BY name";
// The subquery is the newest run that is one too many; NULL, and so nothing, while there are fewer.
// The items go with their run: one of which something may be in the trash stays.
constexpr const char* kTrim =
    "DELETE FROM run WHERE undoable = 0 AND outcome <> 'running' AND NOT EXISTS"
    " (SELECT 1 FROM clean_item WHERE clean_item.run = run.run AND state IN (0, 1, 7)) AND"
    " run <= (SELECT run FROM run ORDER BY run DESC LIMIT 1 OFFSET ?)";

StoredJobState job_of(const SqliteStatement& row) {
  StoredJobState job;
  job.name = row.bytes(0);
  job.next_due = wall_time(row.optional_integer(1));
  job.last_started = wall_time(row.optional_integer(2));
  job.last_outcome = row.bytes(3);
  job.last_message = row.bytes(4);
  job.checkpoint = row.bytes(5);
  job.failures = static_cast<unsigned>(row.integer(6));
  return job;
}

std::int64_t row_limit(std::size_t count) {
  constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(count, kMost));
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(SqliteDb db, std::optional<dev_t> device) : db_(std::move(db)), device_(device) {}

  Result<std::vector<StoredJobState>> load_jobs() override {
    const std::scoped_lock lock(mutex_);
    return rows<StoredJobState>(db_.prepare(kLoadJobs), job_of);
  }

  Status save_job(const StoredJobState& state) override {
    const std::scoped_lock lock(mutex_);
    auto statement = db_.prepare(kSaveJob);
    if (!statement) return tl::unexpected(std::move(statement).error());
    statement->bind(state.name)
        .bind(stored_time(state.next_due))
        .bind(stored_time(state.last_started))
        .bind(state.last_outcome)
        .bind(state.last_message)
        .bind(state.checkpoint)
        .bind(static_cast<std::int64_t>(state.failures));
    return statement->run();
  }

  Result<std::int64_t> add_run(const model::HistoryEntry& entry) override {
    const std::scoped_lock lock(mutex_);
    return insert_full_run(db_, entry);
  }
  Status save_still_free(const model::HistoryEntry& entry) override {
    const std::scoped_lock lock(mutex_);
    return write_still_free(db_, entry);
  }

  Result<std::vector<model::HistoryEntry>> history(std::size_t limit) override {
    const std::scoped_lock lock(mutex_);
    auto statement = db_.prepare(kSelectRuns + std::string("ORDER BY run DESC LIMIT ?"));
    if (statement) statement->bind(limit == 0 ? std::int64_t{-1} : row_limit(limit));
    return rows<model::HistoryEntry>(std::move(statement), run_of);
  }

  Status trim_history(std::size_t keep_runs) override {
    const std::scoped_lock lock(mutex_);
    auto statement = db_.prepare(kTrim);
    if (!statement) return tl::unexpected(std::move(statement).error());
    statement->bind(row_limit(keep_runs));
    return statement->run();
  }

  Result<std::vector<StoredOpening>> load_openings() override {
    const std::scoped_lock lock(mutex_);
    return read_openings(db_);
  }
  Status save_opening(const StoredOpening& opening) override {
    const std::scoped_lock lock(mutex_);
    return write_opening(db_, opening);
  }
  Result<std::vector<StoredPathUse>> load_path_uses() override {
    const std::scoped_lock lock(mutex_);
    return read_path_uses(db_);
  }
  Status replace_path_uses(const std::vector<StoredPathUse>& uses) override {
    const std::scoped_lock lock(mutex_);
    return write_path_uses(db_, uses);
  }
  Status forget_habits() override {
    const std::scoped_lock lock(mutex_);
    return delete_habits(db_);
  }
  Result<std::vector<StoredLeftAlone>> load_left_alone() override {
    const std::scoped_lock lock(mutex_);
    return read_left_alone(db_);
  }
  Status replace_left_alone(const std::vector<StoredLeftAlone>& apps) override {
    const std::scoped_lock lock(mutex_);
    return write_left_alone(db_, apps);
  }
  Result<std::optional<StoredPause>> load_pause() override {
    const std::scoped_lock lock(mutex_);
    return read_pause(db_);
  }
  Status save_pause(const std::optional<StoredPause>& pause) override {
    const std::scoped_lock lock(mutex_);
    return write_pause(db_, pause);
  }
  Result<std::vector<StoredRunCost>> load_run_costs() override {
    const std::scoped_lock lock(mutex_);
    return read_run_costs(db_);
  }
  Status save_run_cost(const StoredRunCost& cost) override {
    const std::scoped_lock lock(mutex_);
    return write_run_cost(db_, cost, kMostRunCosts);
  }

  std::optional<dev_t> device() override { return device_; }
  Result<std::int64_t> begin_run(std::string_view kind, std::string_view origin,
                                 const TimeReading& now) override {
    const std::scoped_lock lock(mutex_);
    set_room(db_, Room::kRun);
    const FlushLater later(db_);
    return insert_running(db_, kind, origin, now);
  }
  Result<LivedTime> live_until(const TimeReading& now) override {
    const std::scoped_lock lock(mutex_);
    const FlushLater later(db_);
    return clean::live_until(db_, now);
  }
  Status finish_run(const model::HistoryEntry& entry) override {
    const std::scoped_lock lock(mutex_);
    Status completed = complete_run(db_, entry);
    set_room(db_, Room::kRest);
    return completed;
  }
  Result<std::vector<model::HistoryEntry>> unfinished_runs() override {
    const std::scoped_lock lock(mutex_);
    return read_running(db_);
  }
  Status add_intents(std::int64_t run, std::vector<CleanItem>& items) override {
    const std::scoped_lock lock(mutex_);
    return insert_intents(db_, run, items);
  }
  Status settle(const std::vector<CleanOutcome>& outcomes) override {
    const std::scoped_lock lock(mutex_);
    const FlushLater later(db_);
    return write_outcomes(db_, outcomes);
  }
  Status mark(const std::vector<std::int64_t>& items, ItemState state) override {
    const std::scoped_lock lock(mutex_);
    std::optional<FlushLater> later;
    if (state == ItemState::kRestored) later.emplace(db_);
    return write_marks(db_, items, state);
  }
  Result<std::vector<CleanItem>> open_intents() override {
    const std::scoped_lock lock(mutex_);
    return read_open_items(db_);
  }
  Result<std::vector<CleanItem>> items_of(std::int64_t run) override {
    const std::scoped_lock lock(mutex_);
    return read_items_of(db_, run);
  }
  Result<std::vector<CleanItem>> moved_before(base::WallTime time) override {
    const std::scoped_lock lock(mutex_);
    return read_moved_before(db_, time);
  }
  Result<std::vector<CleanItem>> last_moved_before(base::WallTime time,
                                                   base::Duration span) override {
    const std::scoped_lock lock(mutex_);
    return read_last_moved_before(db_, time, span);
  }
  Result<std::vector<CleanItem>> being_purged() override {
    const std::scoped_lock lock(mutex_);
    return read_being_purged(db_);
  }
  Result<std::vector<CleanItem>> moved_by_runs_before(LivedTime time) override {
    const std::scoped_lock lock(mutex_);
    return read_moved_by_runs_before(db_, time);
  }
  Result<std::vector<std::string>> trashes_in_use() override {
    const std::scoped_lock lock(mutex_);
    return read_trashes_in_use(db_);
  }
  Result<std::vector<CleanItem>> moved_to(const std::string& trash) override {
    const std::scoped_lock lock(mutex_);
    return read_moved_to(db_, trash);
  }
  Result<std::optional<std::int64_t>> last_undoable_run() override {
    const std::scoped_lock lock(mutex_);
    return read_last_undoable(db_);
  }
  Status save_plan(const StoredPlan& plan, base::WallTime now) override {
    const std::scoped_lock lock(mutex_);
    return write_plan(db_, plan, now);
  }
  Result<StoredPlan> find_plan(const std::string& id, base::WallTime now) override {
    const std::scoped_lock lock(mutex_);
    return read_plan(db_, id, now);
  }

  Result<model::AutoState> load_auto_state() override {
    const std::scoped_lock lock(mutex_);
    return read_auto_state(db_);
  }
  Result<std::int64_t> add_rehearsal(const model::HistoryEntry& entry,
                                     const std::vector<model::RuleStanding>& rules,
                                     const std::vector<model::RunNote>& notes) override {
    const std::scoped_lock lock(mutex_);
    return insert_rehearsal(db_, entry, rules, notes);
  }
  Status add_notes(std::int64_t run, const std::vector<model::RunNote>& notes) override {
    const std::scoped_lock lock(mutex_);
    return insert_notes(db_, run, notes);
  }
  Status save_usage(std::int64_t run, const model::RunUsage& usage) override {
    const std::scoped_lock lock(mutex_);
    return write_usage(db_, run, usage);
  }
  Status save_seen(base::WallTime at) override {
    const std::scoped_lock lock(mutex_);
    return write_fact(db_, kSeenFact, at);
  }
  Status save_told(base::WallTime at, std::int64_t run) override {
    const std::scoped_lock lock(mutex_);
    return write_told(db_, at, run);
  }
  Status forgive(const std::string& rule) override {
    const std::scoped_lock lock(mutex_);
    return write_forgiven(db_, rule);
  }
  Result<model::RunDetail> run_detail(std::int64_t run) override {
    const std::scoped_lock lock(mutex_);
    return read_detail(db_, run);
  }
  Result<std::uint64_t> forget() override {
    const std::scoped_lock lock(mutex_);
    return delete_what_can_go(db_);
  }

  void shed() override {
    const std::scoped_lock lock(mutex_);
    db_.release_memory();
  }

 private:
  std::mutex mutex_;
  SqliteDb db_;
  const std::optional<dev_t> device_;
};

std::optional<dev_t> device_of(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_dev;
}

// `path` empty: in memory.
Result<std::unique_ptr<Journal>> open_database(const std::string& path) {
  auto db = SqliteDb::open(path);
  if (!db) return tl::unexpected(std::move(db).error());
  if (auto status = prepare_journal(*db); !status) {
    base::Error error = std::move(status).error();
    if (error.path.empty()) error.path = path;
    return tl::unexpected(std::move(error));
  }
  return std::make_unique<SqliteJournal>(*std::move(db), device_of(path));
}

// Whether what is in the file is all there is.
bool is_without_log(const std::string& path) {
  struct stat status {};
  return ::stat((path + "-wal").c_str(), &status) != 0 || status.st_size == 0;
}

Result<std::unique_ptr<Journal>> open_whole(const std::string& path, SqliteDb::Opening opening) {
  auto db = SqliteDb::open(path, opening);
  if (!db) return tl::unexpected(std::move(db).error());
  if (auto status = check_journal(*db); !status) return tl::unexpected(std::move(status).error());
  return std::make_unique<SqliteJournal>(*std::move(db), device_of(path));
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path, std::string* notice) {
  LULL_TRY(prepare_journal_file(path));
  // One opener at a time: switching to WAL does not wait for others, and two that repair would each
  // set the other's new journal aside.
  const auto lock = lock_journal_directory(path);
  if (!lock) return tl::unexpected(lock.error());
  auto journal = open_database(path);
  if (journal || journal.error().code != base::ErrorCode::kMalformed) return journal;
  const std::string why = journal.error().message;
  const auto aside = set_journal_aside(path);
  if (!aside) return tl::unexpected(aside.error());
  if (notice != nullptr)
    *notice = "the journal could not be used (" + why + "); it is kept as " + *aside +
              " and a new one was begun";
  LULL_TRY(prepare_journal_file(path));
  return open_database(path);
}

Result<std::unique_ptr<Journal>> Journal::open_to_read(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return base::fail_errno(errno, path, "reading the journal");
  if (status.st_size == 0 && is_without_log(path))
    return base::fail(base::ErrorCode::kNotFound, "nothing was ever written there", path);
  auto journal = open_whole(path, SqliteDb::Opening::kRead);
  if (journal || !is_without_log(path)) return journal;
  auto as_it_is = open_whole(path, SqliteDb::Opening::kReadAsUnchanging);
  return as_it_is ? std::move(as_it_is) : std::move(journal);
}

Result<std::unique_ptr<Journal>> Journal::open_in_memory() { return open_database({}); }

}  // namespace lull::clean
