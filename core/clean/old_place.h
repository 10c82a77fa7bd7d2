// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include "core/clean/beneath.h"
#include "core/clean/journal/clean_journal.h"
#include "core/clean/trash.h"

namespace lull::clean {

// The number that the device of an item has by now, if its trash is `trash`: numbers are given anew
// at every mount (btrfs, a stick that was pulled out, the order in which disks are found), and what
// is in a trash, or is to be, is on its volume. Not so what is still to be moved there by a copy.
std::uint64_t device_now(const CleanItem& item, const Trash& trash);

// Is what an item was, by device and inode, at the path it had? Follows no link. Blocks.
Presence at_old_place(const CleanItem& item, Descent descent);

// Whether what lies under an item's name in its trash has the time of what was moved there: numbers
// of inodes are used again, and a rename keeps the time. Blocks.
bool has_its_time(const CleanItem& item);

}  // namespace lull::clean
