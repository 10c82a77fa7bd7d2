// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/scan/dead_mounts.h"

namespace lull::scan {

// As realpath(3), but nothing is asked of a file system that may hang unless `home` is on it:
// kUnavailable then. `path` must be absolute. Blocks on the other file systems.
base::Result<std::string> real_path(std::string_view path, const MountsThatMayHang& mounts,
                                    std::string_view home);

}  // namespace lull::scan
