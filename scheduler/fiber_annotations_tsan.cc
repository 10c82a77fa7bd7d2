// SPDX-License-Identifier: MIT
#include <sanitizer/tsan_interface.h>

#include "scheduler/fiber_annotations.h"

namespace lull::scheduler::detail {

void* current_sanitizer_fiber() { return __tsan_get_current_fiber(); }
void* create_sanitizer_fiber() { return __tsan_create_fiber(0); }
void destroy_sanitizer_fiber(void* fiber) {
  if (fiber != nullptr) __tsan_destroy_fiber(fiber);
}
// Flag 0: what one fiber did happens before what the next one does, as they share a thread.
void switch_sanitizer_fiber(void* fiber) { __tsan_switch_to_fiber(fiber, 0); }
void forget_stack(void*, std::size_t) {}

}  // namespace lull::scheduler::detail
