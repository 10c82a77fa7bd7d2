// SPDX-License-Identifier: MIT
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/clean/system_calls.h"

namespace lull::clean {

int open_way_beneath(int parent, const char* way, bool may_cross_mounts) {
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;  // with O_NOFOLLOW a last link would be no ELOOP
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  if (!may_cross_mounts) how.resolve |= RESOLVE_NO_XDEV;
  const long fd = ::syscall(SYS_openat2, parent, way, &how, sizeof how);
  if (fd >= 0) return static_cast<int>(fd);
  // A mere O_PATH is never refused with EPERM by a file system, but so do seccomp filters.
  return errno == EPERM ? -ENOSYS : -errno;
}

std::optional<bool> is_mount_point(int parent, const char* name) {
  struct statx status {};
  constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
  if (::statx(parent, name, kFlags, 0, &status) != 0) return std::nullopt;
  if ((status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0) return std::nullopt;
  return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

// Somebody who opens the file in between waits for the lease to be given back, or is told to come
// again: we do that at once, on this thread. The signal of such a break is ignored by default.
std::optional<bool> has_sole_reader(int fd) {
  if (::fcntl(fd, F_SETSIG, SIGURG) != 0) return std::nullopt;
  if (::fcntl(fd, F_SETLEASE, F_WRLCK) == 0) {
    ::fcntl(fd, F_SETLEASE, F_UNLCK);
    return true;
  }
  if (errno == EAGAIN) return false;
  return std::nullopt;
}

}  // namespace lull::clean
