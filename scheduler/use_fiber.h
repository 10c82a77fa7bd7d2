// SPDX-License-Identifier: MIT
#pragma once
// The completion token `use_fiber`: parks the calling fiber until the asynchronous operation is
// done and gives what its handler was called with as a tuple:
//
//     auto [error, n] = socket.async_read_some(buffer, use_fiber);
//     auto [error] = timer.async_wait(use_fiber);
//
// For operations of objects on Engine::io() only, from a fiber of that engine. To give up early,
// cancel() or close the object on the engine's thread (scheduler/cancels_io.h does it when a token
// fires): the operation then ends with operation_aborted. Errors are returned, never thrown.
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>

#include "scheduler/parking.h"

namespace lull::scheduler {

struct UseFiber {};
inline constexpr UseFiber use_fiber{};

namespace detail {

template <class... Values>
struct FiberOperation {
  Parking parking;
  std::optional<std::tuple<Values...>> result;
};

// Runs below Boost.Fiber's scheduler: keeps the values and makes the fiber runnable, no more.
template <class... Values>
class FiberHandler {
 public:
  explicit FiberHandler(FiberOperation<Values...>& operation) : operation_(&operation) {}

  template <class... Arguments>
  void operator()(Arguments&&... arguments) {
    operation_->result.emplace(std::forward<Arguments>(arguments)...);
    operation_->parking.wake();
  }

 private:
  FiberOperation<Values...>* operation_;  // on the parked fiber's stack
};

}  // namespace detail
}  // namespace lull::scheduler

template <class... Values>
class boost::asio::async_result<lull::scheduler::UseFiber, void(Values...)> {
 public:
  using return_type = std::tuple<std::decay_t<Values>...>;

  // The return type is spelled out: with `auto`, overload resolution would have to compile the
  // body.
  template <class Initiation, class... Arguments>
  static return_type initiate(Initiation&& initiation, lull::scheduler::UseFiber,
                              Arguments&&... arguments) {
    lull::scheduler::detail::require_fiber(nullptr);
    lull::scheduler::detail::FiberOperation<std::decay_t<Values>...> operation;
    std::forward<Initiation>(initiation)(
        lull::scheduler::detail::FiberHandler<std::decay_t<Values>...>(operation),
        std::forward<Arguments>(arguments)...);
    operation.parking.park();
    return *std::move(operation.result);
  }
};
