// SPDX-License-Identifier: MIT
#include <memory>

#include "core/platform/memory_probe.h"

namespace lull::platform {
namespace {

class NullMemoryProbe final : public MemoryProbe {
 public:
  base::Result<model::MemorySample> sample() override {
    return base::fail(base::ErrorCode::kUnavailable, "memory cannot be read on this system");
  }
};

}  // namespace

std::unique_ptr<MemoryProbe> make_memory_probe(const SystemRoots&, const base::Clock&) {
  return std::make_unique<NullMemoryProbe>();
}

}  // namespace lull::platform
