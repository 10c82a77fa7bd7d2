// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/result.h"
#include "core/model/reports.h"
#include "core/scan/walk_options.h"

namespace lull::scan {

// Disk use of the tree at `path` (a directory or anything else), as `du -s --block-size=1 -x`:
// st_blocks × 512 of every entry, each (device, inode) once, links not followed, other file systems
// not entered. Unreadable parts are entries of `errors`, the rest is counted. Fails only if `path`
// itself cannot be read at all. When cancelled: what was counted, marked partial.
base::Result<model::TreeSize> measure_tree(const std::string& path, const WalkOptions& options);

}  // namespace lull::scan
