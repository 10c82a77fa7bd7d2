// SPDX-License-Identifier: MIT
#include "agent/control/unix_socket.h"

#include <cstring>

#include <poll.h>

namespace lull::control {

base::Result<sockaddr_un> socket_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.find('\0') != std::string::npos)
    return base::fail(base::ErrorCode::kInvalidArgument, "is not a path for a socket", path);
  if (path.size() >= sizeof address.sun_path)
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "is too long for a socket: " + std::to_string(path.size()) +
                          " bytes, the system allows " +
                          std::to_string(sizeof address.sun_path - 1) +
                          "; name a shorter one with --socket or LULL_SOCKET",
                      path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool hung_up(int socket) {
  pollfd entry{socket, 0, 0};  // POLLHUP and POLLERR need not be asked for
  return ::poll(&entry, 1, 0) != 0;
}

}  // namespace lull::control
