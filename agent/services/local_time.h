// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <ctime>

#include <time.h>

#include "core/base/clock.h"

namespace lull::agent {

// An instant as the person's clock on the wall shows it, in the zone where they are now: only
// tzset() looks for another one (POSIX lets localtime_r() keep the first).
inline std::tm local_time(base::WallTime time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm local{};
  ::tzset();
  ::localtime_r(&seconds, &local);
  return local;
}

// The midnight that comes next on the person's clock, however long that day is.
inline base::WallTime next_midnight(base::WallTime now) {
  std::tm local = local_time(now);
  ++local.tm_mday;
  local.tm_hour = local.tm_min = local.tm_sec = 0;
  local.tm_isdst = -1;
  return std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::from_time_t(std::mktime(&local)));
}

}  // namespace lull::agent
