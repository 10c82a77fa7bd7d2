// SPDX-License-Identifier: MIT
#pragma once

// Renames that replace nothing and copy nothing. All take names of single entries in open
// directories, follow no link, and return 0 or an errno: EEXIST if the new name is taken, EXDEV if
// it would be on another volume.
namespace lull::clean {

// By the system's own flag, in one step. EINVAL or ENOSYS where the file system or the system lacks
// it.
int rename_new(int from, const char* name, int to, const char* new_name);

// The same, and where the flag is missing in steps that are only safe if nobody else is at work in
// one of the two directories (a trash's own, mode 0700).
//
// Into one: a placeholder of our own claims the new name, then an ordinary rename replaces that.
int rename_into_own(int from, const char* name, int to, const char* new_name);
// Out of one: a directory like that (the system replaces an empty one only); anything else gets a
// second name, which replaces nothing, and then loses the first. EOPNOTSUPP where files cannot have
// two names.
int rename_out_of_own(int from, const char* name, int to, const char* new_name);

}  // namespace lull::clean
