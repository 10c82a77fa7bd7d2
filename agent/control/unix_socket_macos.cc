// SPDX-License-Identifier: MIT
// macOS and the BSDs: flags are set in steps, and SIGPIPE is switched off per socket.
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "agent/control/unix_socket.h"

namespace lull::control {
namespace {

bool set_up(int socket) {
  const int on = 1;
  const int flags = ::fcntl(socket, F_GETFL);
  return flags >= 0 && ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0 &&
         ::fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 &&
         ::setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) == 0;
}

}  // namespace

base::Result<base::UniqueFd> open_stream_socket() {
  base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  if (!socket || !set_up(socket.get())) return base::fail_errno(errno, {}, "opening a socket");
  return socket;
}

base::UniqueFd accept_stream(int listener, int& os_error) {
  base::UniqueFd socket(::accept(listener, nullptr, nullptr));
  const bool ready = socket && set_up(socket.get());
  os_error = ready ? 0 : errno;
  return ready ? std::move(socket) : base::UniqueFd();
}

ssize_t send_some(int socket, std::string_view bytes) {
  return ::send(socket, bytes.data(), bytes.size(), 0);
}

// getpeereid(3)
std::optional<uid_t> peer_uid(int socket) {
  uid_t user = 0;
  gid_t group = 0;
  if (::getpeereid(socket, &user, &group) != 0) return std::nullopt;
  return user;
}

}  // namespace lull::control
