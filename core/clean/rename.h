// SPDX-License-Identifier: MIT
#pragma once

namespace lull::clean {

// Gives what is called `from_name` in one open directory the name `to_name` in another one, on the
// same volume, if there is nothing of that name. 0 or errno (EEXIST, EXDEV, …). Follows no link,
// copies nothing.
int rename_without_replacing(int from, const char* from_name, int to, const char* to_name);

// The same where the system or the file system has no RENAME_NOREPLACE: a file gets its new name by
// a link, which replaces nothing either. What cannot be linked (a directory; anything on FAT) is
// renamed after a look for the name: what comes between the two could be lost, if it is an empty
// directory or such a file.
int rename_by_link(int from, const char* from_name, int to, const char* to_name);

}  // namespace lull::clean
