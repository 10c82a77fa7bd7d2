// SPDX-License-Identifier: MIT
#pragma once

namespace lull::scan {

// What else open() is given where the system knows it: not to count a look as use (Linux:
// O_NOATIME, allowed for one's own files).
int peek_flags();

}  // namespace lull::scan
