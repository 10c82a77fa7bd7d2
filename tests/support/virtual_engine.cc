// SPDX-License-Identifier: MIT
#include "tests/support/virtual_engine.h"

#include <array>
#include <cstdio>
#include <utility>

namespace lull::testing {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration kSteadyStart = 1000h;
constexpr base::Duration kWallStart =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 5).time_since_epoch() + 8h;

}  // namespace

VirtualTime::VirtualTime()
    : steady_(kSteadyStart.count()), wall_offset_((kWallStart - kSteadyStart).count()) {}

base::WallTime VirtualTime::wall_now() const {
  const base::Duration since_epoch(steady_.load() + wall_offset_.load());
  return base::WallTime(std::chrono::floor<base::WallTime::duration>(since_epoch));
}

bool VirtualTime::advance_to(base::SteadyTime due) {
  if (due > now()) {
    steady_ = due.time_since_epoch().count();
    ++jumps_;
  }
  return true;
}

InlineExecutor::InlineExecutor() : thread_([this] { serve(); }) {}

InlineExecutor::~InlineExecutor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void InlineExecutor::submit(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !work_; });
  ++submitted_;
  work_ = std::move(work);
  changed_.notify_all();
  changed_.wait(lock, [&] { return !work_; });
}

void InlineExecutor::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return work_ || stopping_; });
    if (stopping_) return;
    lock.unlock();
    work_();
    lock.lock();
    work_ = nullptr;
    changed_.notify_all();
  }
}

void VirtualEngine::run(const std::function<void(scheduler::TaskGroup& group)>& story) {
  engine.run([&] {
    scheduler::TaskGroup group(engine);
    story(group);
    group.cancel(base::CancelReason::kShutdown);
    group.join();
  });
}

void VirtualEngine::note(std::string_view text) {
  std::array<char, 32> stamp{};
  std::snprintf(stamp.data(), stamp.size(), "+%.3f ", base::to_seconds(time.now() - start_));
  trace_.push_back(stamp.data() + std::string(text));
}

}  // namespace lull::testing
