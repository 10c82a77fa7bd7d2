// SPDX-License-Identifier: MIT
#include "agent/methods/progress_pump.h"

#include "agent/control/json_codec.h"

namespace lull::agent {
namespace {

constexpr auto kEvery = std::chrono::milliseconds(200);

}  // namespace

ProgressPump::ProgressPump(scheduler::Engine& engine, const control::Call& call)
    : engine_(engine), call_(call), started_(engine.now()), group_(engine) {
  if (call_.more)
    group_.spawn("progress", [this](const base::CancelToken& cancel) { pump(cancel); });
}

ProgressPump::~ProgressPump() {
  group_.cancel(base::CancelReason::kShutdown);
  group_.join();
}

void ProgressPump::pump(const base::CancelToken& cancel) {
  while (engine_.sleep_for(kEvery, {}, cancel) == scheduler::Wake::kDue) {
    if (tickets_.empty()) continue;
    call_.send({{"progress", control::encode_progress(sum(), engine_.now() - started_)}});
  }
}

base::ProgressSnapshot ProgressPump::sum() const {
  base::ProgressSnapshot all;
  bool totals_known = true;
  for (const auto& ticket : tickets_) {
    const base::ProgressSnapshot one = ticket.progress();
    if (!ticket.ended() || all.stage.empty()) all.stage = one.stage;
    all.done_items += one.done_items;
    all.done_bytes += one.done_bytes;
    all.total_items += one.total_items;
    all.total_bytes += one.total_bytes;
    totals_known = totals_known && one.total_items > 0;
  }
  if (!totals_known) all.total_items = all.total_bytes = 0;
  return all;
}

}  // namespace lull::agent
