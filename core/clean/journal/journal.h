// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/history.h"

namespace lull::clean {

// A job's state as stored; the agent translates to and from scheduler::JobState.
struct StoredJobState {
  std::string name;
  std::optional<base::WallTime> next_due;
  std::optional<base::WallTime> last_started;
  std::string last_outcome;  // empty: never ran
  std::string last_message;
  std::string checkpoint;
  unsigned failures = 0;
};

// What must outlive the process: job states and the history of runs; later also every move of the
// cleaner. SQLite in WAL mode at one path. Every call may block on the disk: blocking pool only.
// One thread at a time (the class locks). A full or failing disk is an error value; what was stored
// before stays readable.
class Journal {
 public:
  // Creates the directory (0700) and file (0600) as needed and migrates older schemas. A file that
  // is not a database, or is damaged, is kept aside as NAME.damaged-TIME and a new one is begun;
  // `notice` then says so. A schema newer than this program is refused (kUnavailable) and left
  // alone.
  static base::Result<std::unique_ptr<Journal>> open(const std::string& path, std::string* notice);
  // Not on disk at all: for commands that run without an agent, and when the disk refuses.
  static base::Result<std::unique_ptr<Journal>> open_in_memory();
  virtual ~Journal() = default;

  virtual base::Result<std::vector<StoredJobState>> load_jobs() = 0;
  virtual base::Status save_job(const StoredJobState& state) = 0;

  // Adds a finished run and returns its id (HistoryEntry::run is ignored).
  virtual base::Result<std::int64_t> add_run(const model::HistoryEntry& entry) = 0;
  // Newest first; `limit` 0: all.
  virtual base::Result<std::vector<model::HistoryEntry>> history(std::size_t limit) = 0;
  // Keeps the newest `keep_runs` runs and drops older ones that cannot be undone.
  virtual base::Status trim_history(std::size_t keep_runs) = 0;

  // Gives back the memory that only saves reading again; for "our own shedding first".
  virtual void shed() = 0;
};

}  // namespace lull::clean
