// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <ctime>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/boot_time.h"
#include "core/base/unique_fd.h"

namespace lull::base {

Duration time_since_boot() {
  ::timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::string boot_id() {
  const UniqueFd file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  std::array<char, 64> text;
  const ssize_t length = file ? ::read(file.get(), text.data(), text.size()) : 0;
  if (length <= 0) return {};
  std::string id(text.data(), static_cast<std::size_t>(length));
  return id.substr(0, id.find('\n'));
}

}  // namespace lull::base
