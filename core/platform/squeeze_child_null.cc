// SPDX-License-Identifier: MIT
#include "core/platform/squeeze_child.h"

namespace lull::platform {

base::Result<std::unique_ptr<SqueezeChild>> start_squeeze_child() {
  return base::fail(base::ErrorCode::kUnavailable, "memory is not squeezed on this system");
}

}  // namespace lull::platform
