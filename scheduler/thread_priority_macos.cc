// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <pthread/qos.h>
#include <sys/resource.h>

#include "scheduler/thread_priority.h"

namespace lull::scheduler::detail {

namespace {
thread_local bool lowered = false;
}

// The background class of quality of service: efficiency cores, throttled disk, coalesced timers
// (pthread_set_qos_class_self_np(3), setiopolicy_np(3)).
void enter_background_priority() {
  lowered = true;
  pthread_set_qos_class_self_np(QOS_CLASS_BACKGROUND, 0);
  setiopolicy_np(IOPOL_TYPE_DISK, IOPOL_SCOPE_THREAD, IOPOL_THROTTLE);
}

bool in_background_priority() { return lowered; }

void name_this_thread(const char* name) { pthread_setname_np(name); }

}  // namespace lull::scheduler::detail
