// SPDX-License-Identifier: MIT
#include "scheduler/engine.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include <boost/fiber/operations.hpp>

#include "scheduler/engine_loop.h"
#include "scheduler/fiber_algorithm.h"

namespace lull::scheduler {

namespace {

class RealTime final : public EngineTime {
 public:
  base::SteadyTime now() const override { return base::system_clock().now(); }
  base::WallTime wall_now() const override { return base::system_clock().wall_now(); }
  base::SteadyTime boot_now() const override { return base::system_clock().boot_now(); }
  bool advance_to(base::SteadyTime due) override { return now() >= due; }
};

// The time for which a thread is an engine's.
class Attachment {
 public:
  explicit Attachment(const std::shared_ptr<detail::EngineLoop>& loop) : loop_(*loop) {
    loop_.attach();
    algorithm_.emplace(loop);
  }
  ~Attachment() {
    if (loop_.fiber_count() != 0) {
      std::fprintf(stderr, "lull: %zu fibers were not joined before their engine ended: %s\n",
                   loop_.fiber_count(), loop_.fiber_names().c_str());
      std::abort();
    }
    detail::release_ended_fibers();
    algorithm_.reset();
    loop_.detach();
  }
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;

 private:
  detail::EngineLoop& loop_;
  std::optional<detail::FiberAlgorithmInstallation> algorithm_;
};

}  // namespace

EngineTime& real_time() {
  static RealTime time;
  return time;
}

struct Engine::Impl {
  std::shared_ptr<detail::EngineLoop> loop;
};

Engine::Engine(EngineTime& time)
    : impl_(std::make_unique<Impl>(Impl{std::make_shared<detail::EngineLoop>(time)})) {}
Engine::~Engine() = default;

void Engine::run(const std::function<void()>& main) {
  const Attachment attachment(impl_->loop);
  main();
}

void Engine::post(std::function<void()> function) { impl_->loop->post(std::move(function)); }

Wake Engine::sleep_until(base::SteadyTime due, base::Duration tolerance,
                         const base::CancelToken& cancel) {
  detail::require_fiber(impl_->loop.get());
  if (cancel.cancelled()) return Wake::kCancelled;
  if (due <= now()) {
    yield();
    return cancel.cancelled() ? Wake::kCancelled : Wake::kDue;
  }
  detail::Timer timer(due, tolerance);
  const detail::CancelWake cancel_wake(impl_->loop, timer.parking, cancel);
  if (due != base::SteadyTime::max()) impl_->loop->timers().add(timer);
  timer.parking.park();
  return timer.fired() ? Wake::kDue : Wake::kCancelled;
}

Wake Engine::sleep_for(base::Duration duration, base::Duration tolerance,
                       const base::CancelToken& cancel) {
  const base::SteadyTime start = now();
  const bool forever = duration > base::SteadyTime::max() - start;
  return sleep_until(forever ? base::SteadyTime::max() : start + duration, tolerance, cancel);
}

void Engine::yield() {
  detail::require_fiber(impl_->loop.get());
  boost::this_fiber::yield();
}

EngineTime& Engine::time() { return impl_->loop->time(); }
base::SteadyTime Engine::now() const { return impl_->loop->time().now(); }
bool Engine::on_engine_thread() const { return impl_->loop->on_this_thread(); }
boost::asio::io_context& Engine::io() { return impl_->loop->io(); }

const std::shared_ptr<detail::EngineLoop>& detail::EngineAccess::loop(const Engine& engine) {
  return engine.impl_->loop;
}

}  // namespace lull::scheduler
