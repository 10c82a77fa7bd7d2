// SPDX-License-Identifier: MIT
#include "core/clean/run_record.h"

#include <utility>

#include "core/clean/lived_time.h"

namespace lull::clean {

const char* outcome_of(const RunTally& tally) {
  if (tally.stopped || (tally.done == 0 && tally.failed > 0)) return "failed";
  if (tally.cancelled) return "cancelled";
  return tally.failed == 0 && tally.left == 0 ? "done" : "partial";
}

base::Result<std::int64_t> RunRecord::begin(std::string_view kind, std::string_view origin) {
  auto run = journal_.begin_run(kind, origin, read_time(clock_));
  if (run) run_ = *run;
  return run;
}

void RunRecord::finish(std::uint64_t entries, std::uint64_t bytes, const std::string& outcome,
                       std::string summary, std::optional<base::Error>& stopped) {
  if (run_ == 0) return;
  model::HistoryEntry entry;
  entry.run = run_;
  entry.elapsed = clock_.now() - started_;
  entry.items = entries;
  entry.bytes = bytes;
  entry.outcome = outcome;
  entry.summary = std::move(summary);
  if (auto finished = journal_.finish_run(entry); !finished && !stopped)
    stopped = std::move(finished).error().while_doing("finishing the run");
  pass(fault_, FaultPoint::kRunFinished);
}

}  // namespace lull::clean
