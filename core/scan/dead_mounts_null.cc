// SPDX-License-Identifier: MIT
#include "core/scan/dead_mounts.h"

namespace lull::scan {

std::vector<std::string> mounts_that_may_hang(int) { return {}; }

}  // namespace lull::scan
