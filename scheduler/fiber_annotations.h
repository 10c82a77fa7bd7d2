// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>

// What sanitizers must be told about fibers. Bodies in fiber_annotations_tsan.cc or _asan.cc when
// the tree is built with one, else in fiber_annotations_none.cc, where every function does nothing.
namespace lull::scheduler::detail {

// ThreadSanitizer keeps a shadow call stack per thread and would take every switch for a corrupted
// one.
void* current_sanitizer_fiber();
void* create_sanitizer_fiber();
// Not the current one.
void destroy_sanitizer_fiber(void* fiber);
// To be called right before the switch, by code that is not instrumented itself.
void switch_sanitizer_fiber(void* fiber);

// AddressSanitizer marks the surroundings of variables on the stack; frames that a fiber never left
// (its entry) stay marked, and whoever is given those pages next would be accused.
void forget_stack(void* lowest, std::size_t bytes);

}  // namespace lull::scheduler::detail
