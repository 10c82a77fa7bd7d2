// SPDX-License-Identifier: MIT
#pragma once

namespace lull::ui {

// Makes large blocks (fonts while they are read, pictures) go back to the system when they are
// freed. glibc would learn from the first of them to keep all that follow: 4 MB of the popover.
// Before the first large block; nothing where the C library has no such habit.
void return_large_blocks();

}  // namespace lull::ui
