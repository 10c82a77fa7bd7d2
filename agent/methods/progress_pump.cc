// SPDX-License-Identifier: MIT
#include "agent/methods/progress_pump.h"

#include "agent/control/json_codec.h"

namespace lull::agent {
namespace {

constexpr auto kEvery = std::chrono::milliseconds(200);

}  // namespace

ProgressPump::ProgressPump(scheduler::Engine& engine, const control::Call& call, Forecast forecast)
    : engine_(engine), call_(call), sum_(forecast, engine.now()), group_(engine) {
  if (call_.more)
    group_.spawn("progress", [this](const base::CancelToken& cancel) { pump(cancel); });
}

ProgressPump::~ProgressPump() {
  group_.cancel(base::CancelReason::kShutdown);
  group_.join();
}

void ProgressPump::pump(const base::CancelToken& cancel) {
  while (engine_.sleep_for(kEvery, {}, cancel) == scheduler::Wake::kDue) {
    if (runs_.empty()) continue;
    call_.send({{"progress", control::encode(sum_.of(look(), engine_.now()))}});
  }
}

std::vector<RunProgress> ProgressPump::look() const {
  std::vector<RunProgress> runs;
  for (const Watched& run : runs_)
    runs.push_back({run.counts, run.ticket.progress(), run.ticket.began(), run.ticket.ended()});
  return runs;
}

}  // namespace lull::agent
