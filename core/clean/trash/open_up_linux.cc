// SPDX-License-Identifier: MIT
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/unique_fd.h"
#include "core/clean/trash/open_up.h"

namespace lull::clean {

int open_up_directory(int parent, const char* name, dev_t device, ino_t inode, uid_t owner) {
  // What may not be read can be opened like this, and changed through its entry in /proc: that
  // leads to what is open, whatever has happened to the name.
  const base::UniqueFd fd(::openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return errno;
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return errno;
  if (status.st_dev != device || status.st_ino != inode) return ESTALE;
  if (status.st_uid != owner) return EACCES;
  const std::string open_one = "/proc/self/fd/" + std::to_string(fd.get());
  return ::chmod(open_one.c_str(), (status.st_mode & 07777) | S_IRWXU) == 0 ? 0 : errno;
}

}  // namespace lull::clean
