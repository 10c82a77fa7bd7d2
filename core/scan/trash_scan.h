// SPDX-License-Identifier: MIT
#pragma once
#include "core/scan/category_scan.h"

namespace lull::scan {

// Judges the items of XDG trash directories by their DeletionDate: an item and its .trashinfo go
// together or not at all. What has no valid .trashinfo stays, with a reason: it may be an item
// whose record was lost, and only its owner knows. The list of what is never touched does not hold
// inside an item: its owner has thrown it away.
CategoryResult scan_trash(const CategoryContext& context, std::vector<RuleRoot> roots,
                          const WalkOptions& options, ErrorList& errors);

}  // namespace lull::scan
