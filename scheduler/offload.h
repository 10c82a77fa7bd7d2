// SPDX-License-Identifier: MIT
#pragma once
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::scheduler {

namespace detail {
class EngineLoop;

// While it lives, virtual time does not jump: something is under way outside the engine.
class InFlight {
 public:
  explicit InFlight(Engine& engine);
  ~InFlight();
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  EngineLoop& loop_;
};

// Submits `work` and parks the calling fiber until it has run. Engine thread, on a fiber.
void offload_erased(Engine& engine, Executor& executor, const std::function<void()>& work);
}  // namespace detail

// Runs `function` on `executor` and gives its result (or rethrows its exception) on the calling
// fiber, which is parked meanwhile. There is no way to give up early: hand a CancelToken to
// `function` and let it end. The value crosses threads through the engine's queue.
template <class Function>
auto offload(Engine& engine, Executor& executor, Function&& function)
    -> std::invoke_result_t<Function&> {
  using Value = std::invoke_result_t<Function&>;
  std::exception_ptr error;
  if constexpr (std::is_void_v<Value>) {
    detail::offload_erased(engine, executor, [&] {
      try {
        function();
      } catch (...) {
        error = std::current_exception();
      }
    });
    if (error) std::rethrow_exception(error);
  } else {
    std::optional<Value> value;
    detail::offload_erased(engine, executor, [&] {
      try {
        value.emplace(function());
      } catch (...) {
        error = std::current_exception();
      }
    });
    if (error) std::rethrow_exception(error);
    return *std::move(value);
  }
}

}  // namespace lull::scheduler
