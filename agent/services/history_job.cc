// SPDX-License-Identifier: MIT
#include "agent/services/history_job.h"

namespace lull::agent {
namespace {

// Some years of daily runs; what can still be undone stays in any case.
constexpr std::size_t kKeepRuns = 1000;

}  // namespace

scheduler::JobSpec history_job(JournalService& journal) {
  scheduler::JobSpec spec;
  spec.name = "history";
  spec.trigger = scheduler::Trigger::kPeriodic;
  spec.priority = scheduler::Priority::kBackground;
  spec.shutdown = scheduler::ShutdownBehaviour::kFinishItem;  // one transaction
  spec.constraints = {"cpu-busy", "on-battery", "pressure"};
  spec.interval = std::chrono::hours(24);
  spec.tolerance = std::chrono::hours(2);
  spec.deadline = std::chrono::minutes(5);
  spec.body = [&journal](scheduler::JobContext&) -> scheduler::JobResult {
    const base::Status trimmed = journal.trim(kKeepRuns);
    if (!trimmed) return {scheduler::Outcome::kFailed, trimmed.error().to_string(), ""};
    return {scheduler::Outcome::kDone, "", ""};
  };
  return spec;
}

}  // namespace lull::agent
