// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/clean/in_use.h"

namespace lull::scan {
class MountsThatMayHang;
}
namespace lull::clean {

// Why the directory `name` in `parent` must stay for the sake of something anywhere in it; empty if
// nothing speaks against it. One rename takes all of it, so everything in it is asked: another
// user's, in use, changed since `seen_at` (by ctime, which nobody can set, and which may be a tick
// of the kernel's clock behind), a mount, or not to be read at all. Costs about what listing it
// costs. `mounts` is what it does not touch; null: it asks. Runs on this thread alone; blocks.
std::string refusal_inside(int parent, const char* name, uid_t owner, base::WallTime seen_at,
                           const UsePicture& picture, const scan::MountsThatMayHang* mounts);

}  // namespace lull::clean
