// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

namespace lull::clean {

// Gives the owner of the directory `name` in `parent` all rights to it, so that it can be opened:
// if it is this very directory, `owner`'s, and no link. 0 or an errno, ESTALE for another
// directory.
int open_up_directory(int parent, const char* name, dev_t device, ino_t inode, uid_t owner);

}  // namespace lull::clean
