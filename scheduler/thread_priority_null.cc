// SPDX-License-Identifier: MIT
#include "scheduler/thread_priority.h"

namespace lull::scheduler::detail {

namespace {
thread_local bool lowered = false;
}

void enter_background_priority() { lowered = true; }
bool in_background_priority() { return lowered; }
void name_this_thread(const char*) {}

}  // namespace lull::scheduler::detail
