// SPDX-License-Identifier: MIT
#include "scheduler/engine_loop.h"

#include <stdexcept>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

namespace lull::scheduler::detail {

namespace {
thread_local EngineLoop* running_here = nullptr;
}

EngineLoop* EngineLoop::of_this_thread() { return running_here; }

void EngineLoop::attach() {
  if (running_here != nullptr) throw std::logic_error("an engine already runs on this thread");
  std::thread::id nobody;
  if (!thread_.compare_exchange_strong(nobody, std::this_thread::get_id())) {
    throw std::logic_error("this engine already runs on another thread");
  }
  running_here = this;
  io_.restart();
  work_.emplace(io_.get_executor());
}

void EngineLoop::detach() {
  work_.reset();
  running_here = nullptr;
  thread_.store(std::thread::id());
}

bool EngineLoop::on_this_thread() const {
  return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void EngineLoop::post(std::function<void()> function) {
  // noexcept: it is called below Boost.Fiber's scheduler, which nothing may unwind.
  boost::asio::post(io_, [function = std::move(function)]() noexcept { function(); });
}

void EngineLoop::interrupt() {
  boost::asio::post(io_, [] {});
}

bool EngineLoop::poll() {
  const bool handled = io_.poll() > 0;
  return fire_timers() || handled;
}

void EngineLoop::wait() {
  if (poll()) return;
  const std::optional<base::SteadyTime> due = timers_.next_wake();
  if (due && offloaded_ == 0 && time_.advance_to(*due)) {
    fire_timers();
    return;
  }
  set_alarm(due);
  io_.run_one();
  fire_timers();
}

bool EngineLoop::fire_timers() { return !timers_.empty() && timers_.fire(time_.now()); }

void EngineLoop::set_alarm(std::optional<base::SteadyTime> due) {
  if (due == alarm_due_) return;
  alarm_due_ = due;
  if (!due) {
    alarm_.cancel();
    return;
  }
  // Relative to our time, which need not be the machine's.
  alarm_.expires_at(std::chrono::steady_clock::now() + (*due - time_.now()));
  alarm_.async_wait([this](const boost::system::error_code& error) {
    if (!error) alarm_due_.reset();
  });
}

void EngineLoop::add_fiber(LiveFiber& fiber) {
  if (fiber_count_ >= kMaxFibers) {
    throw std::runtime_error("cannot start fiber \"" + fiber.name +
                             "\": " + std::to_string(kMaxFibers) + " are running already");
  }
  fibers_.push_back(fiber);
  ++fiber_count_;
}

void EngineLoop::remove_fiber(LiveFiber& fiber) {
  fibers_.erase(fibers_.iterator_to(fiber));
  --fiber_count_;
}

std::string EngineLoop::fiber_names() const {
  constexpr std::size_t kShown = 5;
  std::string names;
  std::size_t shown = 0;
  for (const LiveFiber& fiber : fibers_) {
    if (shown++ == kShown) return names + ", …";
    names += (names.empty() ? "" : ", ") + fiber.name;
  }
  return names;
}

CancelWake::CancelWake(const std::shared_ptr<EngineLoop>& loop, Parking& parking,
                       const base::CancelToken& token)
    : target_(std::make_shared<Parking*>(&parking)) {
  registration_ = token.on_cancel([loop, target = target_] {
    const auto wake = [target] {
      if (*target != nullptr) (*target)->wake();
    };
    if (loop->on_this_thread()) {
      wake();
    } else {
      loop->post(wake);
    }
  });
}

}  // namespace lull::scheduler::detail
