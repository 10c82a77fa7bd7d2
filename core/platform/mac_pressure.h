// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/model/pressure.h"
#include "core/platform/pressure_probe.h"

// What macOS says of memory pressure: a level, and no averages. Pure.
namespace lull::platform {

// kern.memorystatus_vm_pressure_level: 1 normal, 2 warning, 4 critical, as the flags of dispatch's
// memory pressure source (dispatch/source.h). nullopt for a number nobody knows.
constexpr std::optional<model::PressureLevel> pressure_level_of(long told) {
  switch (told) {
    case 1:
      return model::PressureLevel::kNormal;
    case 2:
      return model::PressureLevel::kWarning;
    case 4:
      return model::PressureLevel::kCritical;
    default:
      return std::nullopt;
  }
}

// The lowest level at which a trigger for this stall fires, since the system has no finer grain: a
// tenth of a second of some stall and more is its warning, of full stall its critical. nullopt for
// a finer trigger, which cannot be had.
constexpr std::optional<model::PressureLevel> level_for(const PressureTrigger& trigger) {
  if (trigger.kind == PressureTrigger::Kind::kFull) return model::PressureLevel::kCritical;
  if (trigger.stall_us >= 100'000) return model::PressureLevel::kWarning;
  return std::nullopt;
}

}  // namespace lull::platform
