// SPDX-License-Identifier: MIT
#include <memory>

#include "core/platform/cpu_probe.h"

namespace lull::platform {
namespace {

class NullCpuProbe final : public CpuProbe {
 public:
  base::Result<Reading> read() override {
    return base::fail(base::ErrorCode::kUnavailable, "CPU time cannot be read on this system");
  }
};

}  // namespace

std::unique_ptr<CpuProbe> make_cpu_probe(const SystemRoots&) {
  return std::make_unique<NullCpuProbe>();
}

}  // namespace lull::platform
