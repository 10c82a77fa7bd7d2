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
  // (What was before has lain in a file, which may be damaged: no difference of it is taken that
  // could be out of bounds.)
  if (!now.boot.empty() && now.boot == before.boot)
    return now.since_boot - std::clamp(before.since_boot, milliseconds(0), now.since_boot);
  // The machine has been up for so long at least; unless nothing is known of starts.
  const milliseconds least =
      now.boot.empty() || before.boot.empty() ? milliseconds(0) : now.since_boot;
  const base::WallTime earliest = now.wall - least - milliseconds(kMostUnseen);
  return now.wall - std::clamp(before.wall, earliest, now.wall - least);
}

}  // namespace lull::clean
