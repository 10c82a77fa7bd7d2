// SPDX-License-Identifier: MIT
#include "core/scan/peek.h"

#include <array>
#include <cstdint>

#include <fcntl.h>
#include <unistd.h>

#include "core/scan/peek_flags.h"

namespace lull::scan {

base::UniqueFd open_to_peek(int directory, const char* name, struct stat& status) {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  base::UniqueFd fd(::openat(directory, name, kFlags | peek_flags()));
  if (fd && ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode)) return fd;
  return {};
}

std::optional<std::string> read_text(int fd, std::size_t limit) {
  std::string text;
  std::array<char, 8192> buffer;
  for (;;) {
    const ssize_t length = ::read(fd, buffer.data(), buffer.size());
    if (length < 0) return std::nullopt;
    if (length == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(length));
    if (text.size() > limit) return std::nullopt;
  }
}

std::optional<std::string> peek_text(int directory, const char* name, std::size_t limit) {
  struct stat status {};
  const base::UniqueFd fd = open_to_peek(directory, name, status);
  if (!fd || status.st_size < 0 || static_cast<std::uintmax_t>(status.st_size) > limit)
    return std::nullopt;
  return read_text(fd.get(), limit);
}

}  // namespace lull::scan
