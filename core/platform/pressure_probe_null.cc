// SPDX-License-Identifier: MIT
#include <memory>

#include "core/platform/pressure_probe.h"

namespace lull::platform {
namespace {

tl::unexpected<base::Error> unavailable() {
  return base::fail(base::ErrorCode::kUnavailable, "this system does not tell memory pressure");
}

class NullPressureProbe final : public PressureProbe {
 public:
  base::Result<model::PressureReading> read() override { return unavailable(); }
  base::Result<base::UniqueFd> open_trigger(const PressureTrigger&) override {
    return unavailable();
  }
};

}  // namespace

std::unique_ptr<PressureProbe> make_pressure_probe(const SystemRoots&, const base::Clock&) {
  return std::make_unique<NullPressureProbe>();
}

std::unique_ptr<PressureProbe> make_io_pressure_probe(const SystemRoots&, const base::Clock&) {
  return std::make_unique<NullPressureProbe>();
}

std::unique_ptr<PressureProbe> make_scope_pressure_probe(const std::string&, const base::Clock&) {
  return std::make_unique<NullPressureProbe>();
}

}  // namespace lull::platform
