// SPDX-License-Identifier: MIT
#include "core/clean/rename.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lull::clean {

int rename_by_link(int from, const char* from_name, int to, const char* to_name) {
  struct stat status {};
  if (::fstatat(from, from_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  if (!S_ISDIR(status.st_mode)) {
    if (::linkat(from, from_name, to, to_name, 0) == 0)
      return ::unlinkat(from, from_name, 0) == 0 ? 0 : errno;
    if (errno == EEXIST || errno == EXDEV || errno == ENOENT) return errno;
  }
  if (::fstatat(to, to_name, &status, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  if (errno != ENOENT) return errno;
  return ::renameat(from, from_name, to, to_name) == 0 ? 0 : errno;
}

}  // namespace lull::clean
