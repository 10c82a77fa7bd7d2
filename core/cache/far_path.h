// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

#include <sys/stat.h>

#include "core/base/unique_fd.h"

// Relative paths of any length: the kernel takes less than PATH_MAX bytes at once. Names on the way
// that have become links may be followed: who asks compares the inode with the one it expects.
namespace lull::cache {

// lstat; 0 or an errno.
int stat_below(int directory, std::string_view path, struct stat& status);
// A descriptor for further steps; none on failure. An empty path: none.
base::UniqueFd step_below(int directory, std::string_view path);
// Opens a directory for listing. A descriptor or -errno. An empty path is `directory` itself.
int open_below(int directory, std::string_view path);

}  // namespace lull::cache
