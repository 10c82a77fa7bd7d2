// SPDX-License-Identifier: MIT
#include "ui/own_heap.h"

namespace lull::ui {

void return_large_blocks() {}

}  // namespace lull::ui
