// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scheduler/thread_priority.h"

namespace lull::scheduler::detail {

namespace {

thread_local bool lowered = false;

// glibc has no wrapper and <linux/ioprio.h> is not always there; values of ioprio_set(2).
constexpr int kWhoProcess = 1;  // with id 0: the calling thread
constexpr int kIdleClass = 3;
constexpr int kClassShift = 13;

}  // namespace

void enter_background_priority() {
  lowered = true;
  const sched_param parameters{};
  if (sched_setscheduler(0, SCHED_IDLE, &parameters) != 0) {
    setpriority(PRIO_PROCESS, 0, 19);  // on Linux of the calling thread alone
  }
  syscall(SYS_ioprio_set, kWhoProcess, 0, kIdleClass << kClassShift);
}

bool in_background_priority() { return lowered; }

void name_this_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace lull::scheduler::detail
