// SPDX-License-Identifier: MIT
#include <memory>

#import <Foundation/Foundation.h>

#include "core/platform/mac_power.h"
#include "core/platform/power_probe.h"

namespace lull::platform {
namespace {

class MacThermalProbe final : public ThermalProbe {
 public:
  model::ThermalState read() override {
    @autoreleasepool {
      return thermal_state_of(static_cast<long>(NSProcessInfo.processInfo.thermalState));
    }
  }
};

}  // namespace

std::unique_ptr<ThermalProbe> make_thermal_probe(const SystemRoots&) {
  return std::make_unique<MacThermalProbe>();
}

}  // namespace lull::platform
