// SPDX-License-Identifier: MIT
#include <malloc.h>

#include "ui/own_heap.h"

namespace lull::ui {

// Setting the threshold at all ends its growth (mallopt(3)).
void return_large_blocks() { ::mallopt(M_MMAP_THRESHOLD, 128 << 10); }

}  // namespace lull::ui
