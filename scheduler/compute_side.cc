// SPDX-License-Identifier: MIT
#include "scheduler/compute_side.h"

#include <system_error>
#include <utility>

namespace lull::scheduler::detail {

namespace {

// Work shorter than that is not worth waking another thread's core for.
constexpr auto kAlone = std::chrono::microseconds(200);
// As oneTBB's own workers on 64-bit systems; touched pages count, not reserved ones.
constexpr std::size_t kStackBytes = std::size_t{4} * 1024 * 1024;

}  // namespace

ComputeSide::ComputeSide(unsigned width, bool background)
    : width_(width),
      crew_({.name = background ? "lull-idle" : "lull-click",
             .threads = width,
             .stack_bytes = kStackBytes,
             .background = background}) {}

void ComputeSide::submit(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    ++waiting_;
    // Helpers make room; whoever leads next calls them back.
    if (waiting_ + leaders_ + helpers_ > width_) release_helpers();
  }
  try {
    crew_.submit([this, work = std::move(work)] { lead(work); });
  } catch (...) {
    const std::lock_guard lock(mutex_);
    --waiting_;
    throw;
  }
}

void ComputeSide::lead(const std::function<void()>& work) {
  std::unique_lock lock(mutex_);
  --waiting_;
  if (leaders_++ == 0) begun_ = std::chrono::steady_clock::now();
  recruit();
  auto entered = arena();
  lock.unlock();
  // Isolated: a leader that waits for its own tasks must not take on another leader's.
  entered->execute([&] { oneapi::tbb::this_task_arena::isolate([&] { work(); }); });
  entered.reset();
  lock.lock();
  if (--leaders_ == 0) {
    release_helpers();
  } else {
    recruit();
  }
}

void ComputeSide::help(std::uint64_t round) {
  std::unique_lock lock(mutex_);
  round_over_.wait_until(lock, begun_ + kAlone, [&] { return round != round_; });
  if (round == round_) {
    recruit();
    Stay stay;
    stay.hold = stay.group.defer([] {});
    const auto place = stays_.insert(stays_.end(), &stay);
    auto entered = arena();
    lock.unlock();
    entered->execute([&] { stay.group.wait(); });
    entered.reset();
    lock.lock();
    stays_.erase(place);
  }
  --helpers_;
  // A helper of an earlier round may have held the place that this one needs.
  recruit();
}

// One at a time; a helper that goes in calls the next. Under the lock.
void ComputeSide::recruit() {
  if (leaders_ == 0 || waiting_ + leaders_ + helpers_ >= width_) return;
  try {
    crew_.submit([this, round = round_] { help(round); });
    ++helpers_;
  } catch (const std::system_error&) {
    return;  // no more threads to be had: the work goes on with those there are
  }
}

// Under the lock.
void ComputeSide::release_helpers() {
  ++round_;
  for (Stay* stay : stays_) stay->hold = {};
  round_over_.notify_all();
}

std::shared_ptr<oneapi::tbb::task_arena> ComputeSide::arena() {
  auto arena = arena_.lock();
  if (!arena) {
    const int slots = static_cast<int>(width_);
    arena = std::make_shared<oneapi::tbb::task_arena>(slots, static_cast<unsigned>(slots));
    arena_ = arena;
  }
  return arena;
}

}  // namespace lull::scheduler::detail
