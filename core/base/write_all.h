// SPDX-License-Identifier: MIT
#pragma once
#include <cerrno>
#include <string_view>

#include <unistd.h>

namespace lull::base {

// Writes all of `text`, going on after interruptions and short writes. 0, or the errno of the write
// that failed: then any part of it may have been written. Any thread; blocks on the file.
inline int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace lull::base
