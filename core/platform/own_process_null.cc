// SPDX-License-Identifier: MIT
#include "core/platform/own_process.h"

namespace lull::platform {

base::Result<OwnCost> own_cost() {
  return base::fail(base::ErrorCode::kUnavailable, "this system does not tell what we cost");
}

void trim_heap() {}

void enter_background_priority() {}

}  // namespace lull::platform
