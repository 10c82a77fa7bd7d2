// SPDX-License-Identifier: MIT
#include "core/platform/swap_probe.h"

namespace lull::platform {
namespace {

class NullSwapProbe final : public SwapProbe {
 public:
  base::Result<model::SwapState> read() override {
    return base::fail(base::ErrorCode::kUnavailable, "this system does not say where it swaps to");
  }
};

}  // namespace

std::unique_ptr<SwapProbe> make_swap_probe(const SystemRoots&) {
  return std::make_unique<NullSwapProbe>();
}

}  // namespace lull::platform
