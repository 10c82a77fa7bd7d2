// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/clean/fault_point.h"
#include "core/clean/journal/clean_journal.h"

// What a clean, an undo and a purge have in common: a row in the history that is written when they
// begin and completed when they end, and what is said of how it went.
namespace lull::clean {

// How a run went, as counts of its items.
struct RunTally {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t left = 0;  // for a reason that is no failure
  bool stopped = false;    // the journal refused
  bool cancelled = false;
};

// done|partial|failed|cancelled
const char* outcome_of(const RunTally& tally);

class RunRecord {
 public:
  // The clock is read now; it and the journal outlive the object.
  RunRecord(CleanJournal& journal, const base::Clock& clock, FaultHook fault)
      : journal_(journal), clock_(clock), fault_(std::move(fault)), started_(clock.now()) {}

  // Returns the run's id.
  base::Result<std::int64_t> begin(std::string_view kind, std::string_view origin);

  // Completes the row with what was done. If the journal refuses, `stopped` says so, unless it says
  // something already. Passes kRunFinished. Nothing happens to a run that was not begun.
  void finish(std::uint64_t entries, std::uint64_t bytes, const std::string& outcome,
              std::string summary, std::optional<base::Error>& stopped);

 private:
  CleanJournal& journal_;
  const base::Clock& clock_;
  const FaultHook fault_;
  const base::SteadyTime started_;
  std::int64_t run_ = 0;
};

// Says in `progress`, if there is one, how much a run has before it, beside what was done already.
// `item_of` gives of each of `items` what has `entries` and `bytes`; each is gone over so many
// `times`.
template <class Items, class ItemOf>
void tell_what_is_expected(base::Progress* progress, const char* stage, const Items& items,
                           const ItemOf& item_of, std::uint64_t times = 1) {
  if (progress == nullptr) return;
  const base::ProgressSnapshot before = progress->snapshot();
  std::uint64_t entries = 0, bytes = 0;
  for (const auto& one : items) {
    entries += item_of(one).entries;
    bytes += item_of(one).bytes;
  }
  progress->enter(stage);
  progress->expect(before.done_items + times * entries, before.done_bytes + times * bytes);
}

}  // namespace lull::clean
