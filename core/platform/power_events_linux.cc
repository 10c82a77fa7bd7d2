// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>

#include <linux/netlink.h>
#include <sys/socket.h>

#include "core/platform/power_events.h"

namespace lull::platform {
namespace {

constexpr unsigned kKernelsGroup = 1;  // udev's own messages are those of group 2
// The kernel's are smaller (UEVENT_BUFFER_SIZE is 2048).
constexpr std::size_t kLongest = 8192;

}  // namespace

base::Result<base::UniqueFd> open_power_events() {
  base::UniqueFd fd(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  if (!fd) return base::fail_errno(errno, "netlink", "hearing of devices");
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelsGroup;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return base::fail_errno(errno, "netlink", "hearing of devices");
  return fd;
}

bool read_power_events(int fd) {
  bool about_power = false;
  std::array<char, kLongest> buffer{};
  for (;;) {
    const ssize_t length = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length > 0) {
      about_power |= is_power_event({buffer.data(), static_cast<std::size_t>(length)});
    } else if (length < 0 && errno == ENOBUFS) {
      about_power = true;  // too many came at once
    } else if (length == 0 || errno != EINTR) {
      return about_power;
    }
  }
}

}  // namespace lull::platform
