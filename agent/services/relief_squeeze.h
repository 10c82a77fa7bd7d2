// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <utility>

#include "agent/settings.h"
#include "core/base/cancel.h"
#include "core/platform/power_probe.h"
#include "core/platform/pressure_probe.h"
#include "core/platform/squeeze_child.h"
#include "core/platform/swap_probe.h"
#include "core/relief/squeeze.h"
#include "core/stats/system_monitor.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent {

// `squeeze` with its guards (core/relief/squeeze.h), in a child process that is gone when it ends:
// on a person's request, where relief.squeeze says "on-request". Engine thread.
class ReliefSqueeze {
 public:
  struct Parts {
    scheduler::Engine& engine;
    scheduler::Executor& blocking;
    stats::SystemMonitor& monitor;
    platform::PowerProbe& power;
    const Settings& settings;
    std::unique_ptr<platform::PressureProbe> stall;  // of memory; used on `blocking`
    std::unique_ptr<platform::SwapProbe> swap;       // likewise
    std::function<base::Result<std::unique_ptr<platform::SqueezeChild>>()> start =
        platform::start_squeeze_child;
  };
  explicit ReliefSqueeze(Parts parts) : parts_(std::move(parts)) {}

  bool is_allowed() const { return parts_.settings.relief.squeeze == "on-request"; }
  // Parks for kSqueezeCalm, to see that nobody waits for memory, and kSqueezeTime at most.
  relief::OperationVerdict squeeze(const base::CancelToken& cancel);

 private:
  base::Result<relief::SqueezeSample> sample();
  relief::SqueezeSample counters(relief::SqueezeSample known);

  Parts parts_;
};

}  // namespace lull::agent
