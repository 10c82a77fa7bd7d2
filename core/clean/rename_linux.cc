// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdio>

#include "core/clean/rename.h"

namespace lull::clean {

int rename_without_replacing(int from, const char* from_name, int to, const char* to_name) {
  if (::renameat2(from, from_name, to, to_name, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  return rename_by_link(from, from_name, to, to_name);
}

}  // namespace lull::clean
