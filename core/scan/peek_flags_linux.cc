// SPDX-License-Identifier: MIT
#include <fcntl.h>

#include "core/scan/peek_flags.h"

namespace lull::scan {

int peek_flags() { return O_NOATIME; }

}  // namespace lull::scan
