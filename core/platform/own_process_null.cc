// SPDX-License-Identifier: MIT
#include "core/platform/own_process.h"

namespace lull::platform {

base::Result<OwnCost> own_cost() {
  return base::fail(base::ErrorCode::kUnavailable, "this system does not tell what we cost");
}

void trim_heap() {}

void release_program_pages() {}

}  // namespace lull::platform
