// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstring>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/scan/dir_reader.h"

namespace lull::scan {

struct DirReader::State {
  DIR* stream = nullptr;
  int os_error = 0;
  dirent* waiting = nullptr;  // read, but did not fit into the last buffer

  explicit State(int fd) {
    // Shares its offset with the caller's, who does not read. (Opening "." again would need the
    // right to search the directory.)
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy >= 0) stream = ::fdopendir(copy);
    if (stream != nullptr) return;
    os_error = errno;
    if (copy >= 0) ::close(copy);
  }
  ~State() {
    if (stream != nullptr) ::closedir(stream);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  dirent* next() {
    if (waiting != nullptr) return std::exchange(waiting, nullptr);
    errno = 0;
    return ::readdir(stream);
  }
};

DirReader::DirReader(int fd, const DirTraits& traits)
    : state_(std::make_unique<State>(fd)), fd_(fd), traits_(traits) {}
DirReader::~DirReader() = default;

// Packed as one byte of type and the name with its NUL.
ssize_t DirReader::fill(std::span<std::byte> buffer) {
  if (state_->os_error != 0) return -state_->os_error;
  if (at_end_) return 0;
  std::size_t used = 0;
  while (dirent* entry = state_->next()) {
    const std::size_t length = std::strlen(entry->d_name) + 1;
    if (used + 1 + length > buffer.size()) {
      state_->waiting = entry;
      return static_cast<ssize_t>(used);
    }
    buffer[used] = static_cast<std::byte>(entry->d_type);
    std::memcpy(buffer.data() + used + 1, entry->d_name, length);
    used += 1 + length;
  }
  at_end_ = errno == 0;
  state_->os_error = errno;  // told after what was read before it
  return used > 0 || at_end_ ? static_cast<ssize_t>(used) : -state_->os_error;
}

bool next_entry(std::span<const std::byte>& filled, DirEntry& entry) {
  if (filled.empty()) return false;
  entry.type = static_cast<std::uint8_t>(filled[0]);
  entry.name = reinterpret_cast<const char*>(filled.data() + 1);
  filled = filled.subspan(1 + std::strlen(entry.name) + 1);
  return true;
}

bool told_status(const DirEntry&, struct stat&) { return false; }

}  // namespace lull::scan
