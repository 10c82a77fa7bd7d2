// SPDX-License-Identifier: MIT
#include "core/platform/own_use.h"

namespace lull::platform {

OwnUse own_use() { return {}; }

}  // namespace lull::platform
