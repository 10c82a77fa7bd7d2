// SPDX-License-Identifier: MIT
// Built without ThreadSanitizer's instrumentation (see CMakeLists.txt): its shadow call stack is
// exchanged in here, so entries and exits of these functions must not be recorded.
#include "scheduler/fiber_algorithm.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <boost/fiber/algo/round_robin.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <boost/fiber/protected_fixedsize_stack.hpp>
#include <boost/version.hpp>
#include <cxxabi.h>

#include "scheduler/engine_loop.h"
#include "scheduler/fiber_annotations.h"

// Of the Itanium C++ ABI (2.2.2 "Caught Exception Stack"), and declared by libstdc++ alone.
namespace __cxxabiv1 {
struct __cxa_eh_globals;
extern "C" __cxa_eh_globals* __cxa_get_globals() noexcept;
}  // namespace __cxxabiv1

namespace lull::scheduler::detail {

namespace {

namespace fibers = boost::fibers;

constexpr std::size_t kStackBytes = std::size_t{64} * 1024;
// Busy fibers must not starve sockets and timers.
constexpr std::size_t kTurnsBetweenPolls = 64;
// From 1.88 on Boost.Context does it itself, and doing it twice breaks it.
constexpr bool kSwitchExceptions = BOOST_VERSION < 108800;

void switch_exceptions(FiberState& from, const FiberState& to) {
  auto* const current = abi::__cxa_get_globals();
  std::memcpy(static_cast<void*>(&from.exceptions), current, sizeof(HandledExceptions));
  std::memcpy(current, &to.exceptions, sizeof(HandledExceptions));
}

// 64 KiB above a guard page.
class GuardedStack {
 public:
  boost::context::stack_context allocate() { return stack_.allocate(); }
  void deallocate(boost::context::stack_context& stack) noexcept {
    forget_stack(static_cast<char*>(stack.sp) - stack.size, stack.size);
    stack_.deallocate(stack);
  }

 private:
  fibers::protected_fixedsize_stack stack_{kStackBytes};
};

}  // namespace

FiberState::~FiberState() {
  if (owns_sanitizer_fiber) destroy_sanitizer_fiber(sanitizer_fiber);
}

void FiberAlgorithm::awakened(fibers::context* fiber, FiberState&) noexcept {
  fiber->ready_link(ready_);
}

fibers::context* FiberAlgorithm::pick_next() noexcept {
  fibers::context* const active = fibers::context::active();
  if (!retired_ && ++turns_ >= kTurnsBetweenPolls &&
      active->is_context(fibers::type::dispatcher_context)) {
    turns_ = 0;
    loop_->poll();
  }
  if (ready_.empty()) return nullptr;
  fibers::context* const next = &ready_.front();
  ready_.pop_front();
  if (!retired_) switch_state(*active, *next);
  return next;
}

void FiberAlgorithm::suspend_until(const std::chrono::steady_clock::time_point& due) noexcept {
  if (due != std::chrono::steady_clock::time_point::max()) {
    std::fputs(
        "lull: boost::this_fiber::sleep_* and timed waits know nothing of the engine's time;"
        " use Engine::sleep_until\n",
        stderr);
    std::abort();
  }
  turns_ = 0;
  loop_->wait();
}

void FiberAlgorithm::notify() noexcept { loop_->interrupt(); }

FiberState& FiberAlgorithm::state_of(fibers::context& fiber) {
  // The thread's main context has none before it was suspended for the first time.
  if (fiber.get_properties() == nullptr) fiber.set_properties(new_properties(&fiber));
  return properties(&fiber);
}

void FiberAlgorithm::switch_state(fibers::context& from, fibers::context& to) {
  FiberState& old_state = state_of(from);
  FiberState& new_state = state_of(to);
  if constexpr (kSwitchExceptions) switch_exceptions(old_state, new_state);
  if (old_state.sanitizer_fiber == nullptr) {
    old_state.sanitizer_fiber = current_sanitizer_fiber();
  }
  if (new_state.sanitizer_fiber == nullptr) {
    new_state.sanitizer_fiber = create_sanitizer_fiber();
    new_state.owns_sanitizer_fiber = true;
  }
  switch_sanitizer_fiber(new_state.sanitizer_fiber);
}

FiberAlgorithmInstallation::FiberAlgorithmInstallation(std::shared_ptr<EngineLoop> loop)
    : algorithm_(new FiberAlgorithm(std::move(loop))) {
  fibers::context::active()->get_scheduler()->set_algo(algorithm_);
}

FiberAlgorithmInstallation::~FiberAlgorithmInstallation() {
  algorithm_->retire();
  fibers::use_scheduling_algorithm<fibers::algo::round_robin>();
}

void start_fiber(void (*run)(void*), void* argument) {
  // The handle is let go: TaskGroup counts its fibers, and a fiber's last act is to report there.
  fibers::fiber(fibers::launch::post, std::allocator_arg, GuardedStack(), [run, argument] {
    run(argument);
  }).detach();
}

void release_ended_fibers() { boost::this_fiber::yield(); }

}  // namespace lull::scheduler::detail
