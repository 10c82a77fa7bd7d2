// SPDX-License-Identifier: MIT
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clean/journal/journal.h"
#include "core/model/history.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"
#include "scheduler/task_group.h"

namespace lull::agent {

// The journal as the engine sees it: writes are queued and done on the blocking pool, in order, the
// newest state of a job replacing an unwritten older one. When the disk refuses, what could not be
// written is kept (bounded) and tried again with the next write; one line says so. Engine thread.
class JournalService final : public scheduler::JobStateStore {
 public:
  enum class Access { kReadWrite, kReadOnly };

  // Opens (on the blocking pool) the journal at `path`, or an in-memory one if path is empty or
  // cannot be used; the reason is then in notice(). With kReadOnly what is saved is forgotten.
  static std::unique_ptr<JournalService> open(scheduler::Engine& engine,
                                              scheduler::Executor& blocking,
                                              const std::string& path,
                                              Access access = Access::kReadWrite);
  ~JournalService() override;

  std::vector<scheduler::JobState> load() override;
  void save(const scheduler::JobState& state) override;
  void add_run(model::HistoryEntry entry);

  // Newest first, including what is not written yet. Waits for the disk.
  base::Result<std::vector<model::HistoryEntry>> history(std::size_t limit);
  base::Status trim(std::size_t keep_runs);
  const std::optional<model::HistoryEntry>& last_run() const { return last_run_; }
  const std::string& notice() const { return notice_; }
  std::uint64_t write_errors() const { return write_errors_; }
  // Waits until everything queued is on disk or refused.
  void flush();
  // Gives the database's caches back.
  void shed();

 private:
  JournalService(scheduler::Engine& engine, scheduler::Executor& blocking, Access access);
  void load_from_disk();
  void start_writer();
  void write_queued();

  scheduler::Engine& engine_;
  scheduler::Executor& blocking_;
  const Access access_;
  std::unique_ptr<clean::Journal> journal_;
  std::string notice_;
  std::vector<scheduler::JobState> loaded_;
  std::optional<model::HistoryEntry> last_run_;
  std::map<std::string, clean::StoredJobState> dirty_jobs_;
  std::deque<model::HistoryEntry> unwritten_runs_;
  std::uint64_t write_errors_ = 0;
  bool refusing_ = false;
  bool writing_ = false;
  scheduler::TaskGroup writers_;
};

}  // namespace lull::agent
