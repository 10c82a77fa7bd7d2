// SPDX-License-Identifier: MIT
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clean/journal/journal.h"
#include "core/model/history.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"
#include "scheduler/task_group.h"

namespace lull::agent {

// The journal as the engine sees it: writes are queued and done on the blocking pool, the newest
// state of a job (hour, path, …) replacing an unwritten older one. When the disk refuses, what
// could not be written is kept (bounded) and tried again with the next write; one line says so.
// A journal that cannot even be opened is the same case: what it has is read, if that can be, and
// every later write, and everybody who must have it, tries to open it again.
// Engine thread.
class JournalService final : public scheduler::JobStateStore {
 public:
  enum class Access { kReadWrite, kReadOnly };

  // Opens (on the blocking pool) the journal at `path`, or an in-memory one if path is empty. While
  // it cannot be used the reason is in notice(). With kReadOnly what is saved is forgotten.
  static std::unique_ptr<JournalService> open(scheduler::Engine& engine,
                                              scheduler::Executor& blocking,
                                              const std::string& path,
                                              Access access = Access::kReadWrite);
  ~JournalService() override;

  std::vector<scheduler::JobState> load() override;
  void save(const scheduler::JobState& state) override;
  std::optional<scheduler::SavedPause> load_pause() override;
  void save_pause(const std::optional<scheduler::SavedPause>& pause) override;
  void add_run(model::HistoryEntry entry);
  // Of the run of this kind and start, a minute later.
  void note_still_free(std::string kind, base::WallTime started_at, std::uint64_t bytes);

  // Habits and costs as they were on disk when the journal was opened; what was saved since is
  // known to whoever saved it.
  const std::vector<clean::StoredOpening>& openings() const { return openings_; }
  const std::vector<clean::StoredPathUse>& path_uses() const { return path_uses_; }
  const std::vector<clean::StoredRunCost>& run_costs() const { return run_costs_; }
  const std::vector<clean::StoredLeftAlone>& left_alone() const { return left_alone_; }
  void save_left_alone(std::vector<clean::StoredLeftAlone> apps);  // instead of those before
  void save_opening(const clean::StoredOpening& opening);
  void save_path_uses(std::vector<clean::StoredPathUse> uses);  // instead of those before
  void save_run_cost(const clean::StoredRunCost& cost);
  // Habits that were saved before are dropped, written or not.
  void forget_habits();

  // Newest first, including what is not written yet. Waits for the disk. An error if there is a
  // journal that cannot be read: "nothing" would not be true.
  base::Result<std::vector<model::HistoryEntry>> history(std::size_t limit);
  base::Status trim(std::size_t keep_runs);
  // For what moves: kUnavailable with the reason unless the journal is on disk and may be written.
  // Its calls block: blocking or compute pool only. Lives as long as this service. Parks only to
  // open again what could not be opened.
  base::Result<clean::CleanJournal*> cleans();
  // The same for what automation knows.
  base::Result<clean::AutoJournal*> autos();
  // What it knows, and one run in full; from a journal that is only read, too. Parks.
  base::Result<model::AutoState> auto_state();
  base::Result<model::RunDetail> run_detail(std::int64_t run);
  // Drops what was learnt and the runs that nothing needs any more (clean::Journal::forget()).
  // Returns how many runs went. Parks.
  base::Result<std::uint64_t> forget();
  // The path it is at; empty while it is not on disk.
  const std::string& path() const { return path_; }
  // Somebody else has written runs: last_run() is read again. Parks the fiber.
  void look_again();
  const std::optional<model::HistoryEntry>& last_run() const { return last_run_; }
  const std::string& notice() const { return notice_; }
  std::uint64_t write_errors() const { return write_errors_; }
  // Waits until everything queued is on disk or refused.
  void flush();
  // Gives the database's caches back.
  void shed();

 private:
  JournalService(scheduler::Engine& engine, scheduler::Executor& blocking, std::string path,
                 Access access);
  // On the blocking pool, before anybody else has the service.
  void open_first();
  void open_to_read(const base::Error& why_not_to_write);
  void load_from_disk();

  bool opens_again() const;
  base::Status open_again();
  base::Result<clean::Journal*> on_disk();
  // Whatever can be read from; null if that is nothing, and then unread_ may say why.
  clean::Journal* reader() const { return journal_ ? journal_.get() : stored_.get(); }
  // What is to be written, the newest of each kind and name.
  struct Queue {
    std::map<std::string, clean::StoredJobState> jobs;
    std::deque<model::HistoryEntry> runs;
    std::deque<model::HistoryEntry> still_free;  // kind, start and that; after the runs
    bool forget_habits = false;                  // before the habits below
    std::map<unsigned, clean::StoredOpening> openings;
    std::optional<std::vector<clean::StoredPathUse>> path_uses;
    std::map<std::string, clean::StoredRunCost> costs;
    std::optional<std::vector<clean::StoredLeftAlone>> left_alone;
    std::optional<std::optional<clean::StoredPause>> pause;  // has a value: to be written

    bool empty() const;
    // Writes in order and takes out what is written; stops at the first refusal.
    base::Status write(clean::Journal& journal);
    // What could not be written comes back; what is newer wins.
    void put_back(Queue&& older);
  };
  void start_writer();
  void write_queued();
  void refused(const base::Error& error);

  scheduler::Engine& engine_;
  scheduler::Executor& blocking_;
  const std::string wanted_path_;  // empty: in memory
  const Access access_;
  std::string path_;
  std::unique_ptr<clean::Journal> journal_;  // null while the disk refuses it
  // What is there all the same; stays, since somebody may be reading it when the disk is back.
  std::unique_ptr<clean::Journal> stored_;
  std::optional<base::Error> unread_;
  std::string notice_;
  std::vector<scheduler::JobState> loaded_;
  std::optional<model::HistoryEntry> last_run_;
  std::vector<clean::StoredOpening> openings_;
  std::vector<clean::StoredPathUse> path_uses_;
  std::vector<clean::StoredRunCost> run_costs_;
  std::vector<clean::StoredLeftAlone> left_alone_;
  std::optional<clean::StoredPause> pause_;
  Queue queue_;
  std::uint64_t write_errors_ = 0;
  bool refusing_ = false;
  bool writing_ = false;
  scheduler::TaskGroup writers_;
};

}  // namespace lull::agent
