// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <utility>

#include "core/base/cancel.h"
#include "scheduler/engine.h"

namespace lull::scheduler {

// While it lives, a token that fires (on any thread) calls `give_up` on the engine's thread, at
// once or from its queue: there it cancels a socket or a descriptor, so that the fiber parked on it
// goes on with operation_aborted. Never called after the destructor. Created and destroyed on the
// engine's thread, where the object it cancels lives too.
//
//     const CancelsIo cancels(engine, token, [&] { socket.cancel(ignored); });
class [[nodiscard]] CancelsIo {
 public:
  // `give_up` must not throw or wait.
  CancelsIo(Engine& engine, const base::CancelToken& token, std::function<void()> give_up);
  ~CancelsIo() { *give_up_ = nullptr; }
  CancelsIo(const CancelsIo&) = delete;
  CancelsIo& operator=(const CancelsIo&) = delete;

 private:
  std::shared_ptr<std::function<void()>> give_up_;  // touched on the engine's thread only
  base::CancelRegistration registration_;
};

}  // namespace lull::scheduler
