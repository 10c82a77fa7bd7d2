// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <functional>

#include "core/scan/walk_options.h"

namespace lull::scan {

// Calls body(slot, index) for every index below `count`, on as many tasks of the caller's arena as
// walk_width() says; never two at once with the same slot (0 … walk_width − 1). The order is any.
// False if it was cancelled, asked before each index. `body` must not throw.
bool for_each_index(std::size_t count, const WalkOptions& options,
                    const std::function<void(unsigned slot, std::size_t index)>& body);

}  // namespace lull::scan
