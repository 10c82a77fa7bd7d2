// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lull::scan {

// The mounts below the open directory `root` which a walk need not enter and had better not touch:
// network file systems, those a program answers for, and automatic mounts. If their server is dead,
// the first question for their status never returns. As ways from `root`: "mnt/nas". Empty where
// the system does not tell.
std::vector<std::string> mounts_that_may_hang(int root);

// The same, of what /proc/self/mountinfo says. Mounts of `device` (major << 32 | minor), the root's
// own, are not among them: they count.
std::vector<std::string> mounts_that_may_hang(std::string_view mountinfo, std::string_view root,
                                              std::uint64_t device);

}  // namespace lull::scan
