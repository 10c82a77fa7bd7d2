// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/base/cancel.h"
#include "scheduler/engine.h"

namespace lull::scheduler {

namespace detail {
class Parking;
}

// A flag that fibers wait for. Engine thread only (from elsewhere, Engine::post() a function that
// sets it); set() and reset() also from posted functions and handlers. Must outlive its waiters.
class Event {
 public:
  explicit Event(Engine& engine) : engine_(engine) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void set();  // wakes everyone who waits; stays set until reset()
  void reset() { set_ = false; }
  bool is_set() const { return set_; }
  // Returns true at once if it is set, true when it was set meanwhile (even if reset() came before
  // this fiber's turn), false if `cancel` fired first.
  bool wait(const base::CancelToken& cancel = {});

 private:
  struct Waiter;
  Engine& engine_;
  bool set_ = false;
  std::vector<Waiter*> waiters_;  // in the order they came
};

}  // namespace lull::scheduler
