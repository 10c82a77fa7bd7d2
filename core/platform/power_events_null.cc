// SPDX-License-Identifier: MIT
#include "core/platform/power_events.h"

namespace lull::platform {

base::Result<base::UniqueFd> open_power_events() {
  return base::fail(base::ErrorCode::kUnavailable, "no events of the machine's power here");
}

bool read_power_events(int) { return false; }

}  // namespace lull::platform
