// SPDX-License-Identifier: MIT
#pragma once

// What ThreadSanitizer must be told about fibers: it keeps a shadow stack per thread and would take
// every switch for a corrupted one. Bodies in fiber_annotations_tsan.cc when the tree is built with
// it, else in fiber_annotations_none.cc, where every function does nothing.
namespace lull::scheduler::detail {

void* current_sanitizer_fiber();
void* create_sanitizer_fiber();
// Not the current one.
void destroy_sanitizer_fiber(void* fiber);
// To be called right before the switch, by code that is not instrumented itself.
void switch_sanitizer_fiber(void* fiber);

}  // namespace lull::scheduler::detail
