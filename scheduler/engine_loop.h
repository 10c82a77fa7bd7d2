// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include "core/base/cancel.h"
#include "scheduler/engine.h"
#include "scheduler/timer_queue.h"

namespace lull::scheduler::detail {

// Something that keeps the engine busy and has a name to blame when it outlives run().
struct LiveFiber : boost::intrusive::list_base_hook<> {
  std::string name;
};

// The part of an engine that outlives its owner: the fiber algorithm, executors at work and cancel
// callbacks hold it by shared_ptr, so that whatever comes late finds it in one piece.
// Engine thread only, except post(), interrupt() and on_this_thread().
class EngineLoop {
 public:
  explicit EngineLoop(EngineTime& time) : time_(time), io_(1), alarm_(io_) {}

  static EngineLoop* of_this_thread();  // that runs right now, or null

  void attach();  // to the calling thread; throws std::logic_error if either is taken
  void detach();
  bool on_this_thread() const;

  void post(std::function<void()> function);
  // Makes wait() return.
  void interrupt();

  // Runs the handlers that are ready and fires the timers that are due; true if there were any.
  bool poll();
  // As poll(), but if there is nothing to do it lets time jump or blocks until there is.
  void wait();

  EngineTime& time() { return time_; }
  boost::asio::io_context& io() { return io_; }
  TimerQueue& timers() { return timers_; }

  // Offloaded work: time must not jump while there is any.
  void begin_offload() { ++offloaded_; }
  void end_offload() { --offloaded_; }

  // Throws std::runtime_error if there are kMaxFibers already.
  void add_fiber(LiveFiber& fiber);
  void remove_fiber(LiveFiber& fiber);
  std::size_t fiber_count() const { return fiber_count_; }
  std::string fiber_names() const;  // the first few, for messages

 private:
  bool fire_timers();
  void set_alarm(std::optional<base::SteadyTime> due);

  EngineTime& time_;
  boost::asio::io_context io_;
  boost::asio::steady_timer alarm_;
  std::optional<base::SteadyTime> alarm_due_;  // what the pending alarm is for
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  TimerQueue timers_;
  std::size_t offloaded_ = 0;
  std::size_t fiber_count_ = 0;
  boost::intrusive::list<LiveFiber, boost::intrusive::constant_time_size<false>> fibers_;
  std::atomic<std::thread::id> thread_{};
};

// Wakes `parking` when `token` fires, on whatever thread that is. Lives on the parked fiber's
// stack; a late callback finds nothing to wake.
class CancelWake {
 public:
  CancelWake(const std::shared_ptr<EngineLoop>& loop, Parking& parking,
             const base::CancelToken& token);
  ~CancelWake() { *target_ = nullptr; }
  CancelWake(const CancelWake&) = delete;
  CancelWake& operator=(const CancelWake&) = delete;

 private:
  std::shared_ptr<Parking*> target_;  // read and written on the engine's thread only
  base::CancelRegistration registration_;
};

// Opens an Engine for the rest of scheduler/.
struct EngineAccess {
  static const std::shared_ptr<EngineLoop>& loop(const Engine& engine);
};

// At most that many at once: each has two memory mappings (stack and guard page), and the kernel
// allows 65,530 (vm.max_map_count).
inline constexpr std::size_t kMaxFibers = 2000;

}  // namespace lull::scheduler::detail
