// SPDX-License-Identifier: MIT
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>

#include <pthread.h>

#include "core/base/clock.h"

namespace lull::scheduler::detail {

// A few threads for one queue of work. They start when there is something for them and end when
// there has been nothing for a while; between, they sleep without a wake-up. Thread-safe.
class ThreadCrew {
 public:
  struct Options {
    const char* name = "lull-worker";  // at most 15 bytes; a literal
    unsigned threads = 1;
    std::size_t stack_bytes = 0;
    bool background = false;  // its threads enter_background_priority()
    base::Duration idle_time = std::chrono::seconds(10);
  };
  explicit ThreadCrew(const Options& options) : options_(options) {}
  // Runs what is queued, then waits for its threads to end.
  ~ThreadCrew();
  // Begins that, and waits no longer than `patience`. False: a thread is still at work. The crew
  // must then outlive it, and takes nothing more.
  bool ends_within(base::Duration patience);
  ThreadCrew(const ThreadCrew&) = delete;
  ThreadCrew& operator=(const ThreadCrew&) = delete;

  // Runs `work`, which must not throw, in the order of submission as far as there are threads.
  // Throws std::system_error if a first thread cannot be started, and std::logic_error if a thread
  // with background priority wants to start normal ones (they would inherit it); `work` does not
  // run then.
  void submit(std::function<void()> work);
  // Threads without work end at once, the others as soon as they have none. Does not wait for work.
  void shed();

 private:
  struct Thread {
    ThreadCrew* crew = nullptr;
    pthread_t id{};
    std::list<Thread>::iterator self;
  };

  bool start_thread();
  static void* thread_main(void* argument);
  void serve(Thread& thread);
  void run_next(std::unique_lock<std::mutex>& lock);
  void reap(std::unique_lock<std::mutex>& lock);

  const Options options_;
  std::mutex mutex_;
  std::condition_variable work_or_leave_;
  std::condition_variable left_;  // a thread ended, or need not any more
  std::deque<std::function<void()>> queue_;
  std::list<Thread> threads_;
  std::list<Thread> ended_;  // to be joined by whoever comes next
  std::size_t idle_ = 0;
  bool leave_when_idle_ = false;  // shed() was called and nothing was submitted since
  bool stopping_ = false;
};

}  // namespace lull::scheduler::detail
