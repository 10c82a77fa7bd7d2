// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/clock.h"

namespace lull::agent {

// How long a file system may take for one answer before it counts as gone.
inline constexpr base::Duration kPatience = std::chrono::seconds(5);

}  // namespace lull::agent
