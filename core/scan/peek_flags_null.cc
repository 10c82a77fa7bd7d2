// SPDX-License-Identifier: MIT
#include "core/scan/peek_flags.h"

namespace lull::scan {

int peek_flags() { return 0; }

}  // namespace lull::scan
