// SPDX-License-Identifier: MIT
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/clean/trash/open_up.h"

namespace lull::clean {

int open_up_directory(int parent, const char* name, dev_t device, ino_t inode, uid_t owner) {
  struct stat status {};
  if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  if (status.st_dev != device || status.st_ino != inode) return ESTALE;
  if (!S_ISDIR(status.st_mode) || status.st_uid != owner) return EACCES;
  const mode_t mode = (status.st_mode & 07777) | S_IRWXU;
  return ::fchmodat(parent, name, mode, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
}

}  // namespace lull::clean
