// SPDX-License-Identifier: MIT
#include "scheduler/fiber_annotations.h"

namespace lull::scheduler::detail {

void* current_sanitizer_fiber() { return nullptr; }
void* create_sanitizer_fiber() { return nullptr; }
void destroy_sanitizer_fiber(void*) {}
void switch_sanitizer_fiber(void*) {}
void forget_stack(void*, std::size_t) {}

}  // namespace lull::scheduler::detail
