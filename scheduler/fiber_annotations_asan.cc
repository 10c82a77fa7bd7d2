// SPDX-License-Identifier: MIT
#include <sanitizer/asan_interface.h>

#include "scheduler/fiber_annotations.h"

namespace lull::scheduler::detail {

void* current_sanitizer_fiber() { return nullptr; }
void* create_sanitizer_fiber() { return nullptr; }
void destroy_sanitizer_fiber(void*) {}
void switch_sanitizer_fiber(void*) {}
void forget_stack(void* lowest, std::size_t bytes) { __asan_unpoison_memory_region(lowest, bytes); }

}  // namespace lull::scheduler::detail
