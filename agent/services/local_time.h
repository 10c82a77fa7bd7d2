// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <ctime>

#include "core/base/clock.h"

namespace lull::agent {

// An instant as the person's clock on the wall shows it.
inline std::tm local_time(base::WallTime time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local;
}

}  // namespace lull::agent
