// SPDX-License-Identifier: MIT
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "core/scan/dir_reader.h"
#include "core/scan/dir_steps.h"

namespace lull::scan {
namespace {

constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

}  // namespace

// Without O_NOATIME and openat2: access times of directories move, and a mount of the same device
// is not seen.
int open_directory_at(int parent, const char* name, OpenManner& manner) {
  manner.keep_atime = false;
  const int fd = ::openat(parent, name, kFlags);
  return fd >= 0 ? fd : -errno;
}

int open_step_at(int parent, const char* name) {
  const int fd = ::openat(parent, name, kFlags);
  return fd >= 0 ? fd : -errno;
}

int open_way_at(int parent, const std::string& way) {
  return open_step_by_step(parent, way, kFlags);
}

int open_above_at(int fd, unsigned levels) { return open_step_at(fd, way_up(levels).c_str()); }

int stat_at(int parent, const char* name, struct stat& status) {
  return ::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
}

DirTraits probe_directory_traits(int) { return {}; }

}  // namespace lull::scan
