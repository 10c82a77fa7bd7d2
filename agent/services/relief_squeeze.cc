// SPDX-License-Identifier: MIT
#include "agent/services/relief_squeeze.h"

#include <utility>

#include "scheduler/offload.h"

namespace lull::agent {

using relief::OperationVerdict;
using relief::ReliefOutcome;
using relief::SqueezeSample;

// What the guards look at; on the blocking pool, memory and power as they are known.
SqueezeSample ReliefSqueeze::counters(SqueezeSample known) {
  known.taken_at = parts_.engine.time().now();
  known.stalled_us = known.swapped_out_bytes = known.refaults = std::nullopt;
  if (const auto stall = parts_.stall->read()) known.stalled_us = stall->some_total_us;
  if (const auto swap = parts_.swap->read()) {
    known.swap = swap->kind;
    known.swapped_out_bytes = swap->swapped_out_bytes;
    known.refaults = swap->refaults;
  }
  return known;
}

base::Result<SqueezeSample> ReliefSqueeze::sample() {
  SqueezeSample known;
  const auto memory = parts_.monitor.memory_now();
  if (!memory) return tl::unexpected(memory.error());
  known.memory = *memory;
  known.on_mains = parts_.power.read().source != model::PowerSource::kBattery;
  return scheduler::offload(parts_.engine, parts_.blocking, [&] { return counters(known); });
}

OperationVerdict ReliefSqueeze::squeeze(const base::CancelToken& cancel) {
  const auto before = sample();
  if (!before) return relief::without_bytes(ReliefOutcome::kFailed, before.error().to_string());
  if (parts_.engine.sleep_for(relief::kSqueezeCalm, {}, cancel) == scheduler::Wake::kCancelled)
    return relief::without_bytes(ReliefOutcome::kSkipped, "it was stopped");
  const auto begun = sample();
  if (!begun) return relief::without_bytes(ReliefOutcome::kFailed, begun.error().to_string());
  const relief::SqueezeChunk chunk =
      relief::squeeze_chunk(*before, *begun, parts_.settings.performance.max_memory_chunk);
  if (!chunk.why_not.empty())
    return relief::without_bytes(ReliefOutcome::kSkipped, "not squeezed: " + chunk.why_not);
  int rounds = 0;
  std::string why_ended;
  scheduler::offload(parts_.engine, parts_.blocking, [&] {
    auto child = parts_.start();
    if (!child) {
      why_ended = child.error().message;
      return;
    }
    const auto may_go_on = [&] {
      const char* why = cancel.cancelled() ? "it was stopped"
                                           : relief::squeeze_stop(*begun, counters(*begun), rounds);
      if (why != nullptr) why_ended = why;
      return why == nullptr;
    };
    for (; may_go_on(); ++rounds)
      if (const auto done = (*child)->squeeze(chunk.bytes, may_go_on); !done) {
        if (why_ended.empty()) why_ended = done.error().message;
        return;
      }
  });
  const auto ended = sample();
  if (!ended || !ended->swapped_out_bytes)
    return relief::without_bytes(ReliefOutcome::kUnproven, "what it gave could not be measured");
  return relief::squeeze_verdict(*begun, *ended, rounds, why_ended);
}

}  // namespace lull::agent
