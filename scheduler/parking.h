// SPDX-License-Identifier: MIT
#pragma once

namespace boost::fibers {
class context;
}

// How one fiber of an engine waits for one event. Everything that waits is built on it.
namespace lull::scheduler::detail {

class EngineLoop;

// Throws std::logic_error unless the caller is a fiber of the engine with this loop (null: of any
// engine): posted functions and handlers must not wait, and other threads have no business here.
void require_fiber(const EngineLoop* loop);

// Lives on the waiting fiber's stack. Engine thread only: what happens on other threads gets here
// through the engine's queue.
class Parking {
 public:
  Parking() = default;
  Parking(const Parking&) = delete;
  Parking& operator=(const Parking&) = delete;

  // Suspends the calling fiber until wake(); returns at once if that came first. Call
  // require_fiber() before anything is started that will wake it.
  void park() noexcept;
  // Makes the fiber runnable; it runs later. Idempotent. May be called from a handler.
  void wake() noexcept;
  bool woken() const { return woken_; }

 private:
  boost::fibers::context* waiting_ = nullptr;
  bool woken_ = false;
};

}  // namespace lull::scheduler::detail
