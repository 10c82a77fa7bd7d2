// SPDX-License-Identifier: MIT
#include <memory>

#include "core/platform/power_probe.h"

namespace lull::platform {
namespace {

class NullPowerProbe final : public PowerProbe {
 public:
  model::PowerState read() override { return {}; }
};

}  // namespace

std::unique_ptr<PowerProbe> make_power_probe(const SystemRoots&) {
  return std::make_unique<NullPowerProbe>();
}

}  // namespace lull::platform
