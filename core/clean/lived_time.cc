// SPDX-License-Identifier: MIT
#include "core/clean/lived_time.h"

#include <algorithm>

#include "core/base/boot_time.h"

namespace lull::clean {

using std::chrono::milliseconds;

TimeReading read_time(const base::Clock& clock) {
  return {clock.wall_now(),
          std::chrono::duration_cast<milliseconds>(clock.boot_now().time_since_epoch()),
          base::boot_id()};
}

milliseconds certainly_between(const TimeReading& before, const TimeReading& now) {
  if (!now.boot.empty() && now.boot == before.boot)
    return std::max(now.since_boot - before.since_boot, milliseconds(0));
  // The machine has been up for so long at least; unless nothing is known of starts.
  const milliseconds least =
      now.boot.empty() || before.boot.empty() ? milliseconds(0) : now.since_boot;
  return std::clamp(now.wall - before.wall, least, least + milliseconds(kMostUnseen));
}

}  // namespace lull::clean
