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
#include "core/clean/fault_point.h"
#include "core/clean/journal/clean_journal.h"
#include "core/clean/trash.h"

// The end of what a clean has moved: out of the trash for good. Only what is in the journal, and
// still is what was moved, goes; what people put into the trash themselves never does.
namespace lull::clean {

struct PurgeOptions {
  TrashPlaces places;
  std::string origin = "automatic";  // user|automatic
  unsigned width = 0;                // as in purge()
  std::size_t batch = 4096;          // items of one mark in the journal
  base::CancelToken cancel;          // the items at hand are finished; the rest stays as it was
  base::Progress* progress = nullptr;
  FaultHook fault;
};

struct PurgedItem {
  std::string path;    // where it was before it was moved
  std::string reason;  // for people
};

struct PurgeRunResult {
  std::int64_t run = 0;  // 0: there was nothing to remove, and no run was begun
  std::uint64_t purged_items = 0, purged_entries = 0;
  std::uint64_t predicted_bytes = 0;  // blocks of what lost its last name
  std::int64_t freed_bytes = 0;       // what the file systems say they got back, whoever did it
  std::uint64_t gone = 0;             // somebody else had emptied it, or given it back
  std::uint64_t left_bytes = 0;       // of the items that are, or may be, in the trash after this
  std::vector<PurgedItem> failed;     // it, or a part of it, is still in the trash, or may be
  bool cancelled = false;
  std::optional<base::Error> stopped;  // the journal refused
  std::string outcome;                 // done|partial|failed|cancelled
};

// Removes `items` (in the state kMoved or kPurging) for good. Each must be what was moved, by
// device and inode, under its name, with an info that says the same place and time; what has its
// name otherwise is left alone. It counts as gone only if it certainly is not in the trash, or its
// info says that a person has put it there since; what cannot be looked at, has an info that cannot
// be read, or has changed in the trash, has failed and keeps its state. What is going to be removed
// is in the journal before anything is: killed anywhere, an item is either whole and can be given
// back, or is removed by the next purge. What was to be removed and was not touched, since the
// system refused or it was cancelled, can be given back again. On a thread where blocking is
// allowed, on tasks of the caller's oneTBB arena. No clean, undo or settling may use this journal
// meanwhile. Fails if the journal takes no run.
base::Result<PurgeRunResult> purge_moved(const std::vector<CleanItem>& items, CleanJournal& journal,
                                         const base::Clock& clock, const PurgeOptions& options);

// Is what is in the trash the thing that was moved? Dates in infos are of a local time, which may
// be another one by now: times that differ by a difference of time zones are equal.
bool is_what_was_moved(const TrashedItem& found, const CleanItem& item);

}  // namespace lull::clean
