// SPDX-License-Identifier: MIT
#pragma once

namespace lull::scan {

// Is the link `name` dead for good: its target does not exist, but the directory that should hold
// it does, on the link's own file system and with something in it? Anything else (a drive that is
// not mounted, a network that is away, a directory that is encrypted or may not be written, a link
// to another link) may come back: false. Follows the
// links above the target, touches nothing.
bool is_dead_link(int directory, const char* name);

// Is there no `path` (absolute), although the directory that should hold it is there, is no place
// for removable drives, and is not empty, as the place of a drive that is not mounted would be?
bool is_gone_for_good(const char* path);

}  // namespace lull::scan
