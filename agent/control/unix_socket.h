// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

// Unix stream sockets as both ends of the control socket use them: non-blocking, closed on exec,
// never a SIGPIPE. Any thread.
namespace lull::control {

// The longest path that fits (107 bytes on Linux, 103 on macOS) is all the system gives;
// kInvalidArgument says so.
base::Result<sockaddr_un> socket_address(const std::string& path);

base::Result<base::UniqueFd> open_stream_socket();
// One waiting client, or none and why in `os_error`.
base::UniqueFd accept_stream(int listener, int& os_error);
// What the kernel took, or -1 and errno.
ssize_t send_some(int socket, std::string_view bytes);

// The user on the other end as it was when the connection was made; nullopt if the system cannot
// say.
std::optional<uid_t> peer_uid(int socket);

// The other end is closed altogether; false if it only said that it will send no more.
bool hung_up(int socket);

}  // namespace lull::control
