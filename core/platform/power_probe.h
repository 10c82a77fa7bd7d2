// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "core/model/system.h"
#include "core/platform/roots.h"

namespace lull::platform {

// Linux: /sys/class/power_supply at the moment of the question; no supply at all means mains.
// macOS: IOPSCopyPowerSourcesInfo.
class PowerProbe {
 public:
  virtual ~PowerProbe() = default;
  virtual model::PowerState read() = 0;
};

// Linux: trip points and temperatures of /sys/class/thermal/thermal_zone*.
// macOS: NSProcessInfo.thermalState.
class ThermalProbe {
 public:
  virtual ~ThermalProbe() = default;
  virtual model::ThermalState read() = 0;
};

std::unique_ptr<PowerProbe> make_power_probe(const SystemRoots& roots);
std::unique_ptr<ThermalProbe> make_thermal_probe(const SystemRoots& roots);

}  // namespace lull::platform
