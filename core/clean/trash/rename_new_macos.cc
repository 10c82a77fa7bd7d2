// SPDX-License-Identifier: MIT
#include <cerrno>

#include <stdio.h>

#include "core/clean/trash/rename_new.h"

namespace lull::clean {

// RENAME_EXCL: APFS and HFS+ have it, others answer ENOTSUP.
int rename_new(int from, const char* name, int to, const char* new_name) {
  if (::renameatx_np(from, name, to, new_name, RENAME_EXCL) == 0) return 0;
  return errno == ENOTSUP ? ENOSYS : errno;
}

}  // namespace lull::clean
