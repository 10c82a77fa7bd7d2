// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <sys/stat.h>
#include <sys/types.h>

// How one directory is opened and listed. The Linux body talks to getdents64 and openat2 itself;
// the macOS body lists with getattrlistbulk; the POSIX body uses fdopendir and readdir.
namespace lull::scan {

// What is asked of an open. Never follows a symbolic link in the last component; always
// close-on-exec and a directory.
struct OpenManner {
  bool keep_atime = true;  // O_NOATIME where the system has it; EPERM when it is not our directory
  bool refuse_mounts =
      false;  // EXDEV for a mount point, also a bind mount of the same device (Linux)
};

// A descriptor, or -errno. ENOTDIR or ELOOP: the name is not a directory (any more). Clears
// manner.keep_atime if that was refused.
int open_directory_at(int parent, const char* name, OpenManner& manner);
// A descriptor that only serves as a parent, or -errno. Follows no link in the last component.
int open_step_at(int parent, const char* name);
// A way that is walked again, "a/b/c": a descriptor that only serves as a parent, or -errno.
// Follows no link anywhere on it. Names somebody may have moved: compare device and inode.
int open_way_at(int parent, const std::string& way);
// The directory `levels` above `fd` (0: itself), likewise. Wherever that is by now.
int open_above_at(int fd, unsigned levels);

// lstat relative to `parent`, without mounting what would be mounted on access. 0 or an errno.
int stat_at(int parent, const char* name, struct stat& status);

// Facts of the file system that spare system calls.
struct DirTraits {
  bool end_in_offset = false;  // the last entry's d_off is INT64_MAX (ext4 with dir_index)
  // DirEntry::inode is what stat() says, but for mount points. Not so on overlayfs (numbers of the
  // layers), FUSE, NFS and vfat (made up or left out): false for whatever is not known to be good.
  bool lists_inodes = false;
};
DirTraits probe_directory_traits(int fd);

struct DirEntry {
  const char* name = nullptr;         // NUL-terminated, lives as long as the buffer
  std::uint8_t type = 0;              // DT_*; DT_UNKNOWN where the file system does not say
  ino_t inode = 0;                    // 0 where the body does not say; see DirTraits
  const std::byte* record = nullptr;  // of the body's own
};

// Lists the open directory `fd` from its beginning, a buffer at a time. "." and ".." may be among
// the entries. One thread at a time; the descriptor stays the caller's.
class DirReader {
 public:
  DirReader(int fd, const DirTraits& traits);
  ~DirReader();
  DirReader(const DirReader&) = delete;
  DirReader& operator=(const DirReader&) = delete;

  // Bytes put into `buffer` (at least 1 KiB, aligned for std::uint64_t), 0 at the end, or -errno.
  ssize_t fill(std::span<std::byte> buffer);

 private:
  struct State;
  std::unique_ptr<State> state_;  // POSIX body only
  int fd_;
  DirTraits traits_;
  bool at_end_ = false;
};

// Takes the next entry off what fill() left in a buffer; false when there is none.
bool next_entry(std::span<const std::byte>& filled, DirEntry& entry);
// The status of an entry, no directory, where the listing itself has told it (macOS): spares the
// system call. False: ask stat_at().
bool told_status(const DirEntry& entry, struct stat& status);

}  // namespace lull::scan
