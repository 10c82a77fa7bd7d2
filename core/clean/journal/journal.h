// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/clean/journal/auto_journal.h"
#include "core/clean/journal/clean_journal.h"
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

// How much a person is used to look at results in one hour of the week (0: Monday from midnight,
// 167: Sunday's last), as it was at `at`; what it means is cache::UsageHistogram's.
struct StoredOpening {
  unsigned hour = 0;
  double weight = 0;
  base::WallTime at{};
};

// How often a person asked for a path, decayed to `at`; what it means is cache::DirSizeCache's.
struct StoredPathUse {
  std::string path;
  double score = 0;
  base::WallTime at{};
};

// What the last complete run of some work took, so that the next one can say how long it will take.
struct StoredRunCost {
  std::string work;  // the job and what it was asked to do: "scan", "size /home/u"
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
  base::Duration elapsed{};
  base::WallTime at{};
};

// An app that wanted back what relief had taken from it, by its name, whatever instance it is.
struct StoredLeftAlone {
  std::string app;
  base::WallTime until{};
};

// No automatic jobs by a person's wish.
struct StoredPause {
  base::WallTime since{};
  std::optional<base::WallTime> until;  // nullopt: for good
};

// What must outlive the process: job states, the history of runs, what a person usually looks at
// and when, what work took, and every move of the cleaner (CleanJournal). SQLite in WAL mode at one
// path. Every call may block on the disk: blocking pool only. One thread at a time (the class
// locks). A full or failing disk is an error value; what was stored before stays readable.
class Journal : public CleanJournal, public AutoJournal {
 public:
  // Creates the directory (0700) and file (0600) as needed and migrates older schemas. A file that
  // is not a database, or is damaged, is kept aside as NAME.damaged-TIME and a new one is begun;
  // `notice` then says so. A schema newer than this program is refused (kUnavailable) and left
  // alone.
  static base::Result<std::unique_ptr<Journal>> open(const std::string& path, std::string* notice);
  // To read what is there while open() fails, since nothing can be written there: every call that
  // writes is an error value. Nothing is made, set aside or migrated. kNotFound: nothing is there.
  // What a program that was killed had only in its log is read where SQLite can make room for the
  // index of that, and is an error otherwise.
  static base::Result<std::unique_ptr<Journal>> open_to_read(const std::string& path);
  // Not on disk at all: for commands that run without an agent, and when the disk refuses.
  static base::Result<std::unique_ptr<Journal>> open_in_memory();
  ~Journal() override = default;

  virtual base::Result<std::vector<StoredJobState>> load_jobs() = 0;
  virtual base::Status save_job(const StoredJobState& state) = 0;

  // Adds a finished run and returns its id (HistoryEntry::run is ignored).
  virtual base::Result<std::int64_t> add_run(const model::HistoryEntry& entry) = 0;
  // `still_free_bytes` of the run of that kind and start, if there is one.
  virtual base::Status save_still_free(const model::HistoryEntry& entry) = 0;
  // Newest first; `limit` 0: all.
  virtual base::Result<std::vector<model::HistoryEntry>> history(std::size_t limit) = 0;
  // Keeps the newest `keep_runs` runs and drops older ones that cannot be undone.
  virtual base::Status trim_history(std::size_t keep_runs) = 0;
  // Drops what was learnt (habits, costs, apps to leave alone), plans, and every finished run of
  // which nothing can be undone and nothing is to be purged, and overwrites all that in the file.
  // Returns how many runs went. What automation was told (rehearsals, what was given back) stays:
  // it protects things.
  virtual base::Result<std::uint64_t> forget() = 0;

  // Habits. Rows that make no sense are left out. Weights are kept to a millionth.
  virtual base::Result<std::vector<StoredOpening>> load_openings() = 0;
  virtual base::Status save_opening(const StoredOpening& opening) = 0;
  virtual base::Result<std::vector<StoredPathUse>> load_path_uses() = 0;
  // These instead of all that were there, or none of it.
  virtual base::Status replace_path_uses(const std::vector<StoredPathUse>& uses) = 0;
  // Drops both kinds of habits, and overwrites them in the file.
  virtual base::Status forget_habits() = 0;

  // The newest kMostRunCosts are kept.
  static constexpr std::size_t kMostRunCosts = 256;
  virtual base::Result<std::vector<StoredRunCost>> load_run_costs() = 0;
  virtual base::Status save_run_cost(const StoredRunCost& cost) = 0;

  virtual base::Result<std::vector<StoredLeftAlone>> load_left_alone() = 0;
  // These instead of all that were there, or none of it.
  virtual base::Status replace_left_alone(const std::vector<StoredLeftAlone>& apps) = 0;

  // nullopt: none.
  virtual base::Result<std::optional<StoredPause>> load_pause() = 0;
  virtual base::Status save_pause(const std::optional<StoredPause>& pause) = 0;

  // Gives back the memory that only saves reading again; for "our own shedding first".
  virtual void shed() = 0;
};

}  // namespace lull::clean
