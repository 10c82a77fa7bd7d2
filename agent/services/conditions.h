// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/services/cpu_load.h"
#include "agent/services/habits.h"
#include "agent/settings.h"
#include "core/base/clock.h"
#include "core/model/pressure.h"
#include "core/platform/power_probe.h"
#include "core/platform/user_idle_probe.h"
#include "scheduler/condition.h"

namespace lull::agent {

// What the conditions look at. Everything referenced outlives the conditions. Null functions and
// pointers stand for sources this machine does not have.
struct ConditionSources {
  const Settings& settings;
  const base::Clock& clock;
  OthersCpuLoad& cpu;
  platform::PowerProbe& power;
  platform::ThermalProbe& thermal;
  std::function<std::optional<model::Pressure>()> pressure;  // nullopt: the kernel has none
  platform::UserIdleProbe* user = nullptr;
  std::function<model::IdleInhibitors()> idle_inhibitors;
  std::function<std::size_t()> stale_sizes;  // worth measuring again
  const Habits* habits = nullptr;            // when somebody usually looks
  std::function<std::uint64_t()> power_changes =
      {};  // heard of so far: what was read before is old
};

// The table of the reasons that hold jobs back, by code:
//   user-active  somebody touched an input device within automation.idle_after
//   cpu-busy     others than us keep the processors busier than automation.idle_cpu_percent
//   on-battery   the machine runs on battery and automation.on_battery is false
//   pressure     memory pressure is not normal
//   thermal      a thermal zone has reached its hot or critical trip point
//   quiet-hours  the local time is within automation.quiet_hours
//   inhibited    a program holds an idle inhibitor (a film, a presentation)
//   nothing-stale  no remembered size is old enough to be worth measuring again
//   no-usual-hour  no hour at which somebody usually begins to look is about to come
//   refresh-off  performance.enable_background_refresh is false
//   relief-off   automation.relief is false
// What cannot be known here does not hold anything back; its value is then "unknown".
std::vector<scheduler::Condition> make_conditions(ConditionSources sources);

}  // namespace lull::agent
