// SPDX-License-Identifier: MIT
#pragma once
#include "core/clean/beneath.h"
#include "core/clean/journal/clean_journal.h"
#include "core/clean/trash.h"

namespace lull::clean {

// Is what an item was, by device and inode, at the path it had? Follows no link. Blocks.
Presence at_old_place(const CleanItem& item, Descent descent);

// Whether what lies under an item's name in its trash has the time of what was moved there: numbers
// of inodes are used again, and a rename keeps the time. Blocks.
bool has_its_time(const CleanItem& item);

}  // namespace lull::clean
