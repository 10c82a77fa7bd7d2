// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include "scheduler/executor.h"
#include "scheduler/thread_crew.h"

namespace lull::scheduler::detail {

// One side of a ComputePool: an arena whose every slot is reserved for threads of our own, so that
// oneTBB never sends one of its workers. Its workers wander between arenas, and one that was
// lowered to SCHED_IDLE could not be raised again: a person's click would run at background
// priority.
//
// A thread that takes work leads: it runs the work inside the arena. Work that lasts gets helpers:
// further threads of the crew that enter the arena and wait there for a group which ends with the
// last leader; while they wait, oneTBB lets them steal the leaders' tasks. Thread-safe.
class ComputeSide final : public Executor {
 public:
  ComputeSide(unsigned width, bool background);
  void submit(std::function<void()> work) override;
  void shed() { crew_.shed(); }

 private:
  // A helper's stay in the arena: ends when `hold` is dropped. On the helper's stack.
  struct Stay {
    oneapi::tbb::task_group group;
    oneapi::tbb::task_handle hold;
  };

  void lead(const std::function<void()>& work);
  void help(std::uint64_t round);
  void recruit();
  void release_helpers();
  std::shared_ptr<oneapi::tbb::task_arena> arena();

  const unsigned width_;
  std::mutex mutex_;
  std::condition_variable round_over_;
  std::weak_ptr<oneapi::tbb::task_arena> arena_;  // there is one only while somebody is in it
  std::list<Stay*> stays_;
  unsigned waiting_ = 0;  // submitted, not begun
  unsigned leaders_ = 0;
  unsigned helpers_ = 0;                         // in the arena or on their way
  std::uint64_t round_ = 0;                      // helpers of an earlier one leave
  std::chrono::steady_clock::time_point begun_;  // by the first of the leaders
  ThreadCrew crew_;                              // last: its threads use the rest
};

}  // namespace lull::scheduler::detail
