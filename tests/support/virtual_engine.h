// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/task_group.h"

// An engine whose time jumps: a day of schedule in moments, the same each time.
namespace lull::testing {

// Two clocks that move only when the engine has nothing else to do, or when a test says so. Reading
// is thread-safe; moving is for the engine's thread (or while it does not run).
class VirtualTime final : public scheduler::EngineTime {
 public:
  // Neither clock starts at zero, so nobody can count on it. Wall: 2026-01-05T08:00:00Z, a Monday.
  VirtualTime();

  base::SteadyTime now() const override { return base::SteadyTime(base::Duration(steady_.load())); }
  base::WallTime wall_now() const override;
  bool advance_to(base::SteadyTime due) override;

  // The wall clock is set (NTP, a person); intervals do not notice.
  void jump_wall(base::Duration by) { wall_offset_ += by.count(); }
  // The machine was away and both clocks moved on, as where the steady clock counts sleep (macOS
  // mach_continuous_time, Linux CLOCK_BOOTTIME): timers find themselves late. Where it does not
  // (Linux CLOCK_MONOTONIC), a suspend is jump_wall().
  void suspend_for(base::Duration away) { steady_ += away.count(); }
  // How often the engine was woken by a timer.
  std::size_t jumps() const { return jumps_; }

 private:
  std::atomic<base::Duration::rep> steady_;       // since the epoch of the steady clock
  std::atomic<base::Duration::rep> wall_offset_;  // wall - steady
  std::size_t jumps_ = 0;
};

// Runs work to its end before submit() returns, on a thread of its own with a full-size stack (a
// fiber's 64 KiB are too small for real work). With it a story that offloads is deterministic.
class InlineExecutor final : public scheduler::Executor {
 public:
  InlineExecutor();
  ~InlineExecutor() override;
  void submit(std::function<void()> work) override;
  std::size_t submitted() const { return submitted_; }

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> work_;
  bool stopping_ = false;
  std::size_t submitted_ = 0;
  std::thread thread_;
};

// Everything a story needs: time, an engine on it, an executor, and a trace with virtual times by
// which two runs can be compared.
class VirtualEngine {
 public:
  VirtualTime time;
  scheduler::Engine engine{time};
  InlineExecutor executor;

  // Runs `story` as the engine's first fiber; it may spawn into `group`, which is cancelled and
  // joined when the story has been told. Rethrows.
  void run(const std::function<void(scheduler::TaskGroup& group)>& story);
  void sleep(base::Duration duration) { engine.sleep_for(duration); }

  // Appends "+3600.000 text" with the seconds since the first run began.
  void note(std::string_view text);
  const std::vector<std::string>& trace() const { return trace_; }

 private:
  base::SteadyTime start_ = time.now();
  std::vector<std::string> trace_;
};

}  // namespace lull::testing
