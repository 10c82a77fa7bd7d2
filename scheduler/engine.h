// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/cancel.h"
#include "core/base/clock.h"

namespace boost::asio {
class io_context;
}

namespace lull::scheduler {

namespace detail {
struct EngineAccess;
}

// Time as the engine sees it. When nothing is runnable and no offloaded work is in flight, the
// engine asks it to jump to the next due time: real time refuses (and the engine waits in epoll),
// virtual time jumps, so that a day of schedule runs in moments, the same each time.
class EngineTime : public base::Clock {
 public:
  // True if time is now at least `due`; false if the engine must wait for it.
  virtual bool advance_to(base::SteadyTime due) = 0;
};
// The machine's own clocks; never advances on request.
EngineTime& real_time();

enum class Wake { kDue, kCancelled };

// One thread that runs every fiber and owns all mutable state of the agent. Fibers are scheduled by
// our own algorithm, which waits in an Asio io_context: no wake-ups while there is nothing to do.
//
// All members are for fibers on the engine's thread unless they say otherwise. The engine never
// blocks: what may block is handed to an Executor with offload() (scheduler/offload.h).
class Engine {
 public:
  explicit Engine(EngineTime& time = real_time());
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Makes the calling thread the engine's and runs `main` on it as the first fiber (with the
  // thread's own stack); returns (or rethrows) when `main` has ended. By then every TaskGroup must
  // have been joined. May be called again, but one engine at a time per thread: std::logic_error
  // otherwise.
  void run(const std::function<void()>& main);

  // Any thread. Calls `function` on the engine's thread, in order, outside of any fiber: it may
  // wake fibers and spawn into a group but must not wait or throw. What comes while the engine does
  // not run waits for run(), or goes with the engine.
  void post(std::function<void()> function);

  // Sleeps until `due`, or up to `tolerance` later if that saves a wake-up, or until cancelled.
  // (Never use boost::this_fiber::sleep_*: it knows nothing of EngineTime.)
  Wake sleep_until(base::SteadyTime due, base::Duration tolerance = {},
                   const base::CancelToken& cancel = {});
  Wake sleep_for(base::Duration duration, base::Duration tolerance = {},
                 const base::CancelToken& cancel = {});
  void yield();

  EngineTime& time();
  base::SteadyTime now() const;
  bool on_engine_thread() const;  // any thread
  // For socket code of agent/control and for descriptors: with the completion token use_fiber
  // (scheduler/use_fiber.h) an asynchronous operation parks the calling fiber.
  boost::asio::io_context& io();

 private:
  friend struct detail::EngineAccess;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::scheduler
