// SPDX-License-Identifier: MIT
#include <ctime>

#include "core/base/boot_time.h"

namespace lull::base {

Duration time_since_boot() {
  ::timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::string boot_id() { return {}; }

}  // namespace lull::base
