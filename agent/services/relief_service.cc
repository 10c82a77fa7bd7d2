// SPDX-License-Identifier: MIT
#include "agent/services/relief_service.h"

#include <utility>

#include "core/base/bytes.h"
#include "core/platform/own_process.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

// Cancelled work ends within 100 ms; what it held can be given back after that.
constexpr auto kBackgroundEnds = std::chrono::milliseconds(200);

}  // namespace

ReliefService::ReliefService(scheduler::Engine& engine, scheduler::Executor& blocking,
                             stats::SystemMonitor& monitor, JournalService& journal,
                             Actions actions)
    : engine_(engine),
      blocking_(blocking),
      monitor_(monitor),
      journal_(journal),
      actions_(std::move(actions)) {}

scheduler::JobSpec ReliefService::job() {
  scheduler::JobSpec spec;
  spec.name = "relief";
  spec.trigger = scheduler::Trigger::kPressure;
  // Not background: stopping background work is what it does.
  spec.priority = scheduler::Priority::kUserVisible;
  spec.shutdown = scheduler::ShutdownBehaviour::kFinishItem;
  spec.constraints = {"relief-off"};
  spec.minimum_gap = relief::Shed::kGap;
  spec.deadline = std::chrono::seconds(30);
  spec.body = [this](scheduler::JobContext& context) { return run(context); };
  return spec;
}

scheduler::JobResult ReliefService::run(const scheduler::JobContext& context) {
  using scheduler::Outcome;
  const base::WallTime started = engine_.time().wall_now();
  auto before = sample();
  const base::SteadyTime begun = engine_.now();
  if (!gate_.begin(std::move(before), begun))
    return {Outcome::kDone, "nothing done: the last relief was less than a minute ago", ""};
  shed(context.cancel);
  const base::SteadyTime acted_until = engine_.now();
  const relief::Verdict verdict = gate_.finish(sample(), acted_until);
  record(verdict, started, engine_.now() - begun, context.automatic);
  return {Outcome::kDone, verdict.reason, ""};
}

std::optional<relief::ShedSample> ReliefService::sample() {
  const auto own = platform::own_cost();
  const auto memory = monitor_.memory_now();
  if (!own || !memory) return std::nullopt;
  return relief::ShedSample{engine_.now(), *own, *memory};
}

void ReliefService::shed(const base::CancelToken& cancel) {
  actions_.stop_background();
  (void)engine_.sleep_for(kBackgroundEnds, {}, cancel);
  actions_.shed();
  // Trimming a large heap takes tens of milliseconds.
  scheduler::offload(engine_, blocking_, [] { platform::trim_heap(); });
}

void ReliefService::record(const relief::Verdict& verdict, base::WallTime started,
                           base::Duration elapsed, bool automatic) {
  model::HistoryEntry entry;
  entry.kind = "relief";
  entry.origin = automatic ? "automatic" : "user";
  entry.started_at = started;
  entry.elapsed = elapsed;
  entry.items = 1;
  entry.bytes = verdict.bytes;
  entry.outcome = relief::outcome_name(verdict.outcome);
  entry.summary = "own caches and heap: " + verdict.reason;
  journal_.add_run(std::move(entry));
}

}  // namespace lull::agent
