// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/scan/dir_reader.h"
#include "core/scan/dir_steps.h"

namespace lull::scan {
namespace {

// linux/dirent.h keeps this to itself: getdents64(2).
struct RawEntry {
  std::uint64_t inode;
  std::int64_t offset;  // where the next entry would be read from
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};
// Their readdir says the number of the inode itself (fs/ext4/dir.c, fs/xfs/xfs_dir2_readdir.c,
// fs/btrfs/inode.c, fs/f2fs/dir.c; fs/libfs.c for tmpfs). What is mounted over them is another
// file system with a type of its own: statfs() of a directory on overlayfs says overlayfs.
constexpr std::array<std::uint32_t, 5> kListsInodes{
    EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, TMPFS_MAGIC};
constexpr std::size_t kNameOffset = offsetof(RawEntry, name);

constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
constexpr int kStepFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

int result_of(long fd) { return fd >= 0 ? static_cast<int>(fd) : -errno; }

// -ENOSYS where the kernel (before 5.6) or a seccomp filter does not have it.
int open_beneath(int parent, const char* name, int flags, std::uint64_t more) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | more;
  return result_of(::syscall(SYS_openat2, parent, name, &how, sizeof how));
}

int open_once(int parent, const char* name, int flags, bool refuse_mounts) {
  if (refuse_mounts) {
    const int fd = open_beneath(parent, name, flags, RESOLVE_NO_XDEV);
    if (fd != -ENOSYS) return fd;
  }
  return result_of(::openat(parent, name, flags));
}

}  // namespace

int open_directory_at(int parent, const char* name, OpenManner& manner) {
  if (manner.keep_atime) {
    const int fd = open_once(parent, name, kFlags | O_NOATIME, manner.refuse_mounts);
    if (fd != -EPERM) return fd;
    manner.keep_atime = false;
  }
  return open_once(parent, name, kFlags, manner.refuse_mounts);
}

int open_step_at(int parent, const char* name) {
  return result_of(::openat(parent, name, kStepFlags));
}

int open_way_at(int parent, const std::string& way) {
  const int fd = open_beneath(parent, way.c_str(), kStepFlags, 0);
  return fd != -ENOSYS ? fd : open_step_by_step(parent, way, kStepFlags);
}

int open_above_at(int fd, unsigned levels) {
  return result_of(::openat(fd, way_up(levels).c_str(), kStepFlags));
}

int stat_at(int parent, const char* name, struct stat& status) {
  const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  return ::fstatat(parent, name, &status, flags) == 0 ? 0 : errno;
}

DirTraits probe_directory_traits(int fd) {
  struct statfs file_system {};
  if (::fstatfs(fd, &file_system) != 0) return {};
  const auto type = static_cast<std::uint32_t>(file_system.f_type);
  return {.end_in_offset = type == EXT4_SUPER_MAGIC,
          .lists_inodes =
              std::find(kListsInodes.begin(), kListsInodes.end(), type) != kListsInodes.end()};
}

struct DirReader::State {};

DirReader::DirReader(int fd, const DirTraits& traits) : fd_(fd), traits_(traits) {}
DirReader::~DirReader() = default;

ssize_t DirReader::fill(std::span<std::byte> buffer) {
  if (at_end_) return 0;
  const long got = ::syscall(SYS_getdents64, fd_, buffer.data(), buffer.size());
  if (got < 0) return -errno;
  if (!traits_.end_in_offset || got == 0) return got;
  // The offset of the last entry says whether asking once more would find anything.
  std::int64_t offset = 0;
  for (long at = 0; at < got;) {
    const std::byte* entry = buffer.data() + at;
    std::uint16_t length = 0;
    std::memcpy(&length, entry + offsetof(RawEntry, length), sizeof length);
    std::memcpy(&offset, entry + offsetof(RawEntry, offset), sizeof offset);
    at += length;
  }
  at_end_ = offset == std::numeric_limits<std::int64_t>::max();
  return got;
}

bool next_entry(std::span<const std::byte>& filled, DirEntry& entry) {
  if (filled.size() <= kNameOffset) return false;
  std::uint16_t length = 0;
  std::memcpy(&length, filled.data() + offsetof(RawEntry, length), sizeof length);
  std::uint64_t inode = 0;
  std::memcpy(&inode, filled.data() + offsetof(RawEntry, inode), sizeof inode);
  entry.inode = static_cast<ino_t>(inode);
  entry.type = static_cast<std::uint8_t>(filled[offsetof(RawEntry, type)]);
  entry.name = reinterpret_cast<const char*>(filled.data() + kNameOffset);
  filled = filled.subspan(length);
  return true;
}

bool told_status(const DirEntry&, struct stat&) { return false; }

}  // namespace lull::scan
