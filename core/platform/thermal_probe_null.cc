// SPDX-License-Identifier: MIT
#include <memory>

#include "core/platform/power_probe.h"

namespace lull::platform {
namespace {

class NullThermalProbe final : public ThermalProbe {
 public:
  model::ThermalState read() override { return {}; }
};

}  // namespace

std::unique_ptr<ThermalProbe> make_thermal_probe(const SystemRoots&) {
  return std::make_unique<NullThermalProbe>();
}

}  // namespace lull::platform
