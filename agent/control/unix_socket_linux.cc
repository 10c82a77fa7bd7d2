// SPDX-License-Identifier: MIT
#include <cerrno>

#include "agent/control/unix_socket.h"

namespace lull::control {

base::Result<base::UniqueFd> open_stream_socket() {
  base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return base::fail_errno(errno, {}, "opening a socket");
  return socket;
}

base::UniqueFd accept_stream(int listener, int& os_error) {
  base::UniqueFd socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  os_error = socket ? 0 : errno;
  return socket;
}

ssize_t send_some(int socket, std::string_view bytes) {
  return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

// SO_PEERCRED, unix(7): as of connect(2) for who accepts, as of listen(2) for who connects.
std::optional<uid_t> peer_uid(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  return credentials.uid;
}

}  // namespace lull::control
