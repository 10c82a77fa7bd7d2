// SPDX-License-Identifier: MIT
#pragma once
#include <cerrno>
#include <string>
#include <string_view>

#include <fcntl.h>

#include "core/base/unique_fd.h"

// Ways through directories in the words of POSIX, for the bodies of dir_reader.h.
namespace lull::scan {

// "." or "../.."
inline std::string way_up(unsigned levels) {
  std::string way = ".";
  for (; levels > 0; --levels) way += "/..";
  return way;
}

// Opens one name of `way` after the other with `flags`, which refuse links: only the last name of a
// path is protected by O_NOFOLLOW. A descriptor, or -errno.
inline int open_step_by_step(int parent, std::string_view way, int flags) {
  base::UniqueFd at;
  while (!way.empty()) {
    const std::string name(way.substr(0, way.find('/')));
    way.remove_prefix(name.size() < way.size() ? name.size() + 1 : way.size());
    const int fd = ::openat(at ? at.get() : parent, name.c_str(), flags);
    if (fd < 0) return -errno;
    at.reset(fd);
  }
  return at.release();
}

}  // namespace lull::scan
