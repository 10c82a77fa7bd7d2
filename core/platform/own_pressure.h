// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/base/environment.h"
#include "core/platform/pressure_probe.h"

namespace lull::platform {

// What a service manager asks this process to watch for its own sake: memory pressure of the cgroup
// it runs in. Whoever sees it should give up what it can have again.
struct OwnPressure {
  std::string cgroup;  // its directory, for make_scope_pressure_probe()
  PressureTrigger trigger;
};

// From $MEMORY_PRESSURE_WATCH and $MEMORY_PRESSURE_WRITE as systemd 254 and later set them
// (https://systemd.io/MEMORY_PRESSURE/): the file "memory.pressure" of a cgroup, and in Base64 what
// to write there, "some 200000 2000000" if that is missing. nullopt: not set, switched off
// (/dev/null), another kind of file, or a text that is no trigger. Pure; safe on any bytes.
std::optional<OwnPressure> find_own_pressure(const base::EnvironmentLookup& environment);

}  // namespace lull::platform
