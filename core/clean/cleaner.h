// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/clean/journal/clean_journal.h"
#include "core/clean/mover.h"
#include "core/clean/plan.h"
#include "core/clean/trash_shelf.h"

// Moves what a plan says to the trash, in batches: what is meant is in the journal before the first
// of a batch is moved, what became of it after the last. While one is moved the journal already
// takes the next, unless `width` is 1. Killed anywhere, settle_open_moves() knows.
namespace lull::clean {

struct CleanOptions {
  // Owner, time and planned paths are the plan's: what is set here is not looked at.
  MoveGuards guards;
  TrashPort trash;
  std::string origin = "user";  // user|automatic
  unsigned width = 0;           // max_parallel_deletes; 0: as wide as the caller's arena
  std::size_t batch = 1024;     // items whose intents are one transaction
  base::CancelToken cancel;     // the current item is finished
  base::Progress* progress =
      nullptr;  // items = entries of the scan, bytes = allocated; may be null
  // What moved is then purged with the same progress: half of the way is another run's.
  bool purged_then = false;
};

// What became of an item of the plan. Its path is as in the plan.
struct CleanedItem {
  std::string path, rule;
  std::string trash, name;  // of a moved one
  std::string reason;       // of the others
  std::uint64_t bytes = 0, entries = 0;
};

struct CleanResult {
  std::int64_t run = 0;
  std::vector<CleanedItem> moved, skipped, failed;  // in the order of the plan's directories
  std::uint64_t moved_bytes = 0, moved_entries = 0;
  bool cancelled = false;
  // The journal refused: nothing was moved after that but a batch that it had taken before.
  std::optional<base::Error> stopped;
  std::string outcome;  // done|partial|failed|cancelled, as in the history
};

// On a thread where blocking is allowed; moves run on oneTBB tasks of the caller's arena, those of
// a small directory on one task, those of a large one on several (core/clean/parts.h). Fails, and
// has done nothing, for a plan of another user and when the journal takes no run; whatever fails
// later is in the result. No other clean, undo or settling may use this journal meanwhile: the
// caller sees to that.
base::Result<CleanResult> clean(const Plan& plan, CleanJournal& journal, const base::Clock& clock,
                                const CleanOptions& options);

}  // namespace lull::clean
