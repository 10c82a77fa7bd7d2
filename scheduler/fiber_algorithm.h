// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/properties.hpp>
#include <boost/fiber/scheduler.hpp>

namespace lull::scheduler::detail {

class EngineLoop;

// The C++ runtime keeps the exceptions being handled per thread (Itanium C++ ABI, Exception
// Handling §2.2.2, __cxa_get_globals); fibers that wait inside catch blocks would mix them up.
struct HandledExceptions {
  void* caught = nullptr;
  unsigned int uncaught = 0;
};

// What belongs to a fiber and Boost does not keep.
class FiberState final : public boost::fibers::fiber_properties {
 public:
  using fiber_properties::fiber_properties;
  ~FiberState() override;

  HandledExceptions exceptions;
  void* sanitizer_fiber = nullptr;
  bool owns_sanitizer_fiber = false;
};

// First come, first served; when nobody is ready the thread waits in the engine's loop. Handlers
// run on the dispatcher's stack alone, never on that of a fiber which is about to be suspended:
// waking that very fiber would resume a running context.
class FiberAlgorithm final : public boost::fibers::algo::algorithm_with_properties<FiberState> {
 public:
  // The thread's fiber scheduler can outlive the engine, so the loop is shared.
  explicit FiberAlgorithm(std::shared_ptr<EngineLoop> loop) : loop_(std::move(loop)) {}

  void awakened(boost::fibers::context* fiber, FiberState&) noexcept override;
  boost::fibers::context* pick_next() noexcept override;
  bool has_ready_fibers() const noexcept override { return !ready_.empty(); }
  void suspend_until(const std::chrono::steady_clock::time_point& due) noexcept override;
  void notify() noexcept override;  // any thread

  // From now on pick_next() is asked by the successor, who takes over the ready fibers: it must not
  // switch anything.
  void retire() { retired_ = true; }

 private:
  FiberState& state_of(boost::fibers::context& fiber);
  void switch_state(boost::fibers::context& from, boost::fibers::context& to);

  const std::shared_ptr<EngineLoop> loop_;
  boost::fibers::scheduler::ready_queue_type ready_;
  std::size_t turns_ = 0;  // since handlers had theirs
  bool retired_ = false;
};

// Makes the algorithm the calling thread's while it lives; gives back Boost's own afterwards, so
// that nothing of ours is left when the thread ends.
class FiberAlgorithmInstallation {
 public:
  explicit FiberAlgorithmInstallation(std::shared_ptr<EngineLoop> loop);
  ~FiberAlgorithmInstallation();
  FiberAlgorithmInstallation(const FiberAlgorithmInstallation&) = delete;
  FiberAlgorithmInstallation& operator=(const FiberAlgorithmInstallation&) = delete;

 private:
  FiberAlgorithm* algorithm_;  // owned by the thread's fiber scheduler
};

// Starts a fiber that calls run(argument). 64 KiB of stack above a guard page. `run` must not
// throw. Throws std::bad_alloc if there is no memory for the stack.
void start_fiber(void (*run)(void*), void* argument);
// Frees the stacks of fibers that have ended.
void release_ended_fibers();

}  // namespace lull::scheduler::detail
