// SPDX-License-Identifier: MIT
#pragma once
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/base/cancel.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/offload.h"

namespace lull::scheduler {

// As offload(), for what may never return: a call to a file system whose server is gone ends when
// the kernel lets it, and nothing of ours can end it. While `function` runs, `go_on` is asked every
// `look_every` on the calling fiber; once it says no, the fiber goes on with nullopt.
//
// `function` runs to its end then, whenever that is, and its result is dropped: it must own or
// share what it uses. Its thread stays with the executor, which joins it when it ends; until then
// the executor has one thread less, so what is likely to hang wants a pool of its own. Virtual time
// stands still meanwhile, as for offload(): there, nothing is given up.
template <class Function, class GoOn>
auto offload_while(Engine& engine, Executor& executor, base::Duration look_every, GoOn&& go_on,
                   Function function) -> std::optional<std::invoke_result_t<Function&>> {
  struct Shared {
    explicit Shared(Function&& work) : function(std::move(work)) {}
    Function function;
    std::optional<std::invoke_result_t<Function&>> value;
    std::exception_ptr error;
    base::CancelSource ended;
  };
  const auto shared = std::make_shared<Shared>(std::move(function));
  const detail::InFlight in_flight(engine);
  executor.submit([shared] {
    try {
      shared->value.emplace(shared->function());
    } catch (...) {
      shared->error = std::current_exception();
    }
    shared->ended.cancel(base::CancelReason::kUser);  // wakes the fiber, if it is still there
  });
  const base::CancelToken ended = shared->ended.token();
  while (engine.sleep_for(look_every, {}, ended) == Wake::kDue && !ended.cancelled())
    if (!go_on()) return std::nullopt;
  if (shared->error) std::rethrow_exception(shared->error);
  return std::move(shared->value);
}

}  // namespace lull::scheduler
