// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/clean/beneath.h"
#include "core/clean/fault_point.h"
#include "core/clean/journal/clean_journal.h"
#include "core/clean/trash_shelf.h"

// After a kill or a power cut: what a run meant to move and did not tell about is looked for, and
// the journal told. Nothing is moved: every item is where it was or in the trash already.
namespace lull::clean {

struct SettleOptions {
  TrashPort trash;
  Descent descent = Descent::kOneCall;
  FaultHook fault;
  // When the system was started. Infos are not flushed, so that a power cut may take those of a run
  // that had ended just before: what was moved last before then is looked at, and an info that is
  // not valid is written anew. Unknown: nothing is.
  std::optional<base::WallTime> booted_at;
};

struct SettledItem {
  std::string path;
  std::string reason;  // for people
};

struct SettleResult {
  std::uint64_t moved = 0;        // in the trash, with a valid info
  std::uint64_t not_moved = 0;    // where it was; its name in the trash was given back
  std::vector<SettledItem> gone;  // neither: somebody has taken it. Told, and not looked for again
  // It could not be looked for (its volume is away): the intent stays open for the next time.
  std::vector<SettledItem> open;
  std::uint64_t infos = 0;  // of runs that had ended, that were written anew
  std::uint64_t runs = 0;   // that were still "running", and are finished now
};

// Settles all open intents and finishes their runs. Fails if the journal does; may be repeated and
// killed at any point. No clean or undo may use this journal meanwhile. Blocks.
base::Result<SettleResult> settle_open_moves(CleanJournal& journal, const SettleOptions& options);

}  // namespace lull::clean
