// SPDX-License-Identifier: MIT
#include "scheduler/cancels_io.h"

#include "scheduler/engine_loop.h"

namespace lull::scheduler {

CancelsIo::CancelsIo(Engine& engine, const base::CancelToken& token, std::function<void()> give_up)
    : give_up_(std::make_shared<std::function<void()>>(std::move(give_up))) {
  registration_ = token.on_cancel([loop = detail::EngineAccess::loop(engine), target = give_up_] {
    const auto call = [target] {
      if (*target) (*target)();
    };
    if (loop->on_this_thread()) {
      call();
    } else {
      loop->post(call);
    }
  });
}

}  // namespace lull::scheduler
