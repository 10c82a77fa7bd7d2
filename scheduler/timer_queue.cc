// SPDX-License-Identifier: MIT
#include "scheduler/timer_queue.h"

#include <algorithm>

namespace lull::scheduler::detail {

Timer::Timer(base::SteadyTime due, base::Duration tolerance) : due_(due), latest_(due) {
  const base::Duration slack = std::max(tolerance, base::Duration::zero());
  latest_ = due > base::SteadyTime::max() - slack ? base::SteadyTime::max() : due + slack;
}

void TimerQueue::add(Timer& timer) {
  by_due_.insert(timer);
  by_latest_.insert(timer);
}

std::optional<base::SteadyTime> TimerQueue::next_wake() const {
  if (by_latest_.empty()) return std::nullopt;
  return by_latest_.begin()->latest_;
}

bool TimerQueue::fire(base::SteadyTime now) {
  bool any = false;
  while (!by_due_.empty() && by_due_.begin()->due_ <= now) {
    Timer& timer = *by_due_.begin();
    timer.by_due_.unlink();
    timer.by_latest_.unlink();
    timer.fired_ = true;
    timer.parking.wake();
    any = true;
  }
  return any;
}

}  // namespace lull::scheduler::detail
