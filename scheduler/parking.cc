// SPDX-License-Identifier: MIT
#include "scheduler/parking.h"

#include <stdexcept>

#include <boost/fiber/context.hpp>

#include "scheduler/engine_loop.h"

namespace lull::scheduler::detail {

void require_fiber(const EngineLoop* loop) {
  const EngineLoop* running = EngineLoop::of_this_thread();
  if (running == nullptr || (loop != nullptr && running != loop)) {
    throw std::logic_error("waiting is for fibers on the engine's own thread");
  }
  if (boost::fibers::context::active()->is_context(boost::fibers::type::dispatcher_context)) {
    throw std::logic_error("a function posted to the engine must not wait: spawn a fiber for it");
  }
}

void Parking::park() noexcept {
  if (woken_) return;
  waiting_ = boost::fibers::context::active();
  waiting_->suspend();
  waiting_ = nullptr;
}

void Parking::wake() noexcept {
  if (woken_) return;
  woken_ = true;
  if (waiting_ != nullptr) boost::fibers::context::active()->schedule(waiting_);
}

}  // namespace lull::scheduler::detail
