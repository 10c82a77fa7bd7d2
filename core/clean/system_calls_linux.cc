// SPDX-License-Identifier: MIT
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/clean/system_calls.h"

namespace lull::clean {
namespace {

std::optional<bool> is_mount_root(const struct statx& status) {
  if ((status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0) return std::nullopt;
  return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

::timespec time_of(const statx_timestamp& time) { return {time.tv_sec, time.tv_nsec}; }

}  // namespace

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
  return is_mount_root(status);
}

int look_at(int parent, const char* name, struct stat& status, std::optional<bool>& mounted) {
  struct statx seen {};
  constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  if (::statx(parent, name, kFlags, STATX_BASIC_STATS, &seen) != 0) return errno;
  status = {};
  status.st_dev = makedev(seen.stx_dev_major, seen.stx_dev_minor);
  status.st_rdev = makedev(seen.stx_rdev_major, seen.stx_rdev_minor);
  status.st_ino = seen.stx_ino;
  status.st_mode = seen.stx_mode;
  status.st_nlink = seen.stx_nlink;
  status.st_uid = seen.stx_uid;
  status.st_gid = seen.stx_gid;
  status.st_size = static_cast<off_t>(seen.stx_size);
  status.st_blksize = static_cast<blksize_t>(seen.stx_blksize);
  status.st_blocks = static_cast<blkcnt_t>(seen.stx_blocks);
  status.st_atim = time_of(seen.stx_atime);
  status.st_mtim = time_of(seen.stx_mtime);
  status.st_ctim = time_of(seen.stx_ctime);
  mounted = is_mount_root(seen);
  return 0;
}

// Somebody who opens the file in between waits for the lease to end, or is told to come again: that
// is at once, on this thread. The signal of such a break is ignored by default.
std::optional<bool> has_sole_reader(int fd) {
  if (::fcntl(fd, F_SETSIG, SIGURG) != 0) return std::nullopt;
  if (::fcntl(fd, F_SETLEASE, F_WRLCK) == 0) return true;
  if (errno == EAGAIN) return false;
  return std::nullopt;
}

}  // namespace lull::clean
