// SPDX-License-Identifier: MIT
#include "scheduler/thread_crew.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "scheduler/thread_priority.h"

namespace lull::scheduler::detail {

ThreadCrew::~ThreadCrew() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  work_or_leave_.notify_all();
  left_.wait(lock, [&] { return threads_.empty(); });
  reap(lock);
}

bool ThreadCrew::ends_within(base::Duration patience) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  queue_.clear();  // what nobody waits for any more
  work_or_leave_.notify_all();
  return left_.wait_for(lock, patience, [&] { return threads_.empty(); });
}

void ThreadCrew::submit(std::function<void()> work) {
  if (in_background_priority() && !options_.background) {
    throw std::logic_error("work for threads of normal priority, from one of background priority");
  }
  std::unique_lock lock(mutex_);
  if (std::exchange(leave_when_idle_, false)) left_.notify_all();
  queue_.push_back(std::move(work));
  if (queue_.size() <= idle_) {
    work_or_leave_.notify_one();
  } else if (threads_.size() < options_.threads && !start_thread() && threads_.empty()) {
    queue_.pop_back();
    throw std::system_error(EAGAIN, std::generic_category(), "cannot start a thread");
  }
  reap(lock);
}

void ThreadCrew::shed() {
  std::unique_lock lock(mutex_);
  leave_when_idle_ = true;
  work_or_leave_.notify_all();
  left_.wait(lock, [&] { return idle_ == 0 || !leave_when_idle_; });
  reap(lock);
}

bool ThreadCrew::start_thread() {
  const auto thread = threads_.emplace(threads_.end());
  thread->crew = this;
  thread->self = thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, options_.stack_bytes);
  const int error = pthread_create(&thread->id, &attributes, &thread_main, &*thread);
  pthread_attr_destroy(&attributes);
  if (error != 0) threads_.erase(thread);
  return error == 0;
}

void* ThreadCrew::thread_main(void* argument) {
  auto* const thread = static_cast<Thread*>(argument);
  name_this_thread(thread->crew->options_.name);
  if (thread->crew->options_.background) enter_background_priority();
  thread->crew->serve(*thread);
  return nullptr;
}

void ThreadCrew::serve(Thread& thread) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!queue_.empty()) {
      run_next(lock);
      continue;
    }
    if (stopping_ || leave_when_idle_) break;
    ++idle_;
    const bool called = work_or_leave_.wait_for(
        lock, options_.idle_time, [&] { return !queue_.empty() || leave_when_idle_ || stopping_; });
    --idle_;
    if (!called) break;
  }
  ended_.splice(ended_.end(), threads_, thread.self);
  left_.notify_all();
}

void ThreadCrew::run_next(std::unique_lock<std::mutex>& lock) {
  std::function<void()> work = std::move(queue_.front());
  queue_.pop_front();
  lock.unlock();
  work();
  work = nullptr;
  lock.lock();
}

// Joins threads whose last act was to say so; their ends are at most moments away.
void ThreadCrew::reap(std::unique_lock<std::mutex>& lock) {
  std::list<Thread> ended;
  ended.splice(ended.end(), ended_);
  lock.unlock();
  for (const Thread& thread : ended) pthread_join(thread.id, nullptr);
  lock.lock();
}

}  // namespace lull::scheduler::detail
