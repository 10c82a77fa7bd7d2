// SPDX-License-Identifier: MIT
#include "scheduler/event.h"

#include <algorithm>
#include <utility>

#include "scheduler/engine_loop.h"

namespace lull::scheduler {

struct Event::Waiter {
  detail::Parking parking;
  bool served = false;
};

void Event::set() {
  set_ = true;
  for (Waiter* waiter : std::exchange(waiters_, {})) {
    waiter->served = true;
    waiter->parking.wake();
  }
}

bool Event::wait(const base::CancelToken& cancel) {
  const auto& loop = detail::EngineAccess::loop(engine_);
  detail::require_fiber(loop.get());
  if (set_) return true;
  Waiter waiter;
  waiters_.push_back(&waiter);
  {
    const detail::CancelWake cancel_wake(loop, waiter.parking, cancel);
    waiter.parking.park();
  }
  if (!waiter.served) std::erase(waiters_, &waiter);
  return waiter.served;
}

}  // namespace lull::scheduler
