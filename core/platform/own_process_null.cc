// SPDX-License-Identifier: MIT
#include "core/platform/own_process.h"

namespace lull::platform {

base::Result<OwnCost> own_cost() {
  return base::fail(base::ErrorCode::kUnavailable, "this system does not tell what we cost");
}

base::Result<std::string> own_executable() {
  return base::fail(base::ErrorCode::kUnavailable, "this system does not tell what we run");
}

void trim_heap() {}

void share_heaps() {}

void release_program_pages() {}

}  // namespace lull::platform
