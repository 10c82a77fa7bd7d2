// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/clean/beneath.h"
#include "core/clean/fault_point.h"
#include "core/clean/journal/clean_journal.h"
#include "core/clean/trash_shelf.h"

// Gives back what a run has moved: by rename, so with everything that belongs to it.
namespace lull::clean {

struct UndoOptions {
  TrashPort trash;
  std::vector<std::int64_t> items;  // which of the run's; empty: all
  std::string origin = "user";
  unsigned width = 1;  // max_parallel_deletes; 0: as wide as the caller's arena
  Descent descent = Descent::kOneCall;
  base::CancelToken cancel;  // the current item is finished
  base::Progress* progress = nullptr;
  FaultHook fault;
};

struct UndoneItem {
  std::int64_t item = 0;
  std::string path;
  std::string reason;  // empty: it is back
};

struct UndoResult {
  std::int64_t run = 0;  // the undo's own, in the history
  std::vector<UndoneItem> restored;
  std::vector<UndoneItem> conflicts;  // something is there again: both are kept
  std::vector<UndoneItem> failed;     // still in the trash, or not to be found (volume away)
  std::uint64_t restored_bytes = 0, restored_entries = 0;
  bool cancelled = false;
  std::optional<base::Error> stopped;  // the journal refused, or a volume to write it all down
  std::string outcome;                 // done|partial|failed|cancelled
};

// Moves the items of `run` that are in the trash back to where they were, replacing nothing;
// missing directories are made again below the root of the item's rule. What is back already (a
// file manager was asked) counts as restored. kNotFound if nothing of the run is in the trash.
// On a thread where blocking is allowed; wider than 1, on oneTBB tasks of the caller's arena as
// clean() is. Killed, it may be repeated.
base::Result<UndoResult> undo(std::int64_t run, CleanJournal& journal, const base::Clock& clock,
                              const UndoOptions& options);

}  // namespace lull::clean
