// SPDX-License-Identifier: MIT
#pragma once

// The calling thread's standing with the kernel. Bodies in thread_priority_linux.cc and _null.cc.
namespace lull::scheduler::detail {

// Lowers the thread for good: SCHED_IDLE (else nice 19) and the idle I/O class; best effort. There
// is no way back: without CAP_SYS_NICE or RLIMIT_NICE the kernel refuses to leave SCHED_IDLE, and
// new threads inherit it (sched(7)). So a lowered thread must never start one for others.
void enter_background_priority();
// Whether this thread called it.
bool in_background_priority();

// For ps and debuggers; at most 15 bytes.
void name_this_thread(const char* name);

}  // namespace lull::scheduler::detail
