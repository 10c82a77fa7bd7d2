// SPDX-License-Identifier: MIT
#pragma once
#include <deque>
#include <functional>

#include "agent/tray/tray_menu.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/task_group.h"

namespace lull::agent::tray {

// What people want of the item, one at a time and in order, on a fiber. Short: what comes while
// eight wait is nobody's fingers and is dropped. Engine thread.
class WishQueue {
 public:
  // `act` may wait.
  WishQueue(scheduler::Engine& engine, std::function<void(const TrayRequest&)> act)
      : act_(std::move(act)), wished_(engine), group_(engine) {}

  void start();
  // On a fiber; idempotent. What still waits is forgotten.
  void stop();
  // Also from posted functions and handlers of messages; before start() too.
  void ask(const TrayRequest& request);

 private:
  void fulfil(const base::CancelToken& cancel);

  const std::function<void(const TrayRequest&)> act_;
  std::deque<TrayRequest> requests_;
  scheduler::Event wished_;
  scheduler::TaskGroup group_;
};

}  // namespace lull::agent::tray
