// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdio>

#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/clean/trash/rename_new.h"

namespace lull::clean {

int rename_new(int from, const char* name, int to, const char* new_name) {
  // By number: not every C library has a function of that name.
  return ::syscall(SYS_renameat2, from, name, to, new_name, RENAME_NOREPLACE) == 0 ? 0 : errno;
}

}  // namespace lull::clean
