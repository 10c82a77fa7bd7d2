// SPDX-License-Identifier: MIT
#include <array>
#include <chrono>
#include <cstddef>
#include <ctime>

#include <sys/sysctl.h>
#include <sys/types.h>

#include "core/base/boot_time.h"

namespace lull::base {

// On macOS this clock goes on while the machine sleeps (clock_gettime(3)).
Duration time_since_boot() {
  ::timespec time{};
  if (::clock_gettime(CLOCK_MONOTONIC, &time) != 0) return Duration::zero();
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::string boot_id() {
  std::array<char, 64> uuid{};
  std::size_t size = uuid.size() - 1;
  if (::sysctlbyname("kern.bootsessionuuid", uuid.data(), &size, nullptr, 0) != 0) return {};
  return uuid.data();
}

}  // namespace lull::base
