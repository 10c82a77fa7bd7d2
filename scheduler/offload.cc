// SPDX-License-Identifier: MIT
#include "scheduler/offload.h"

#include <memory>

#include "scheduler/engine_loop.h"

namespace lull::scheduler::detail {

// Counted from before the work starts until the fiber is about to go on, so that time cannot jump
// in between.
InFlight::InFlight(Engine& engine) : loop_(*EngineAccess::loop(engine)) { loop_.begin_offload(); }
InFlight::~InFlight() { loop_.end_offload(); }

void offload_erased(Engine& engine, Executor& executor, const std::function<void()>& work) {
  const std::shared_ptr<EngineLoop>& loop = EngineAccess::loop(engine);
  require_fiber(loop.get());
  Parking parking;
  const InFlight in_flight(engine);
  // Once the completion is posted the fiber may go on, `work` and `parking` may be gone, and so may
  // the engine; the loop is kept alive by the closure.
  executor.submit([&work, &parking, loop] {
    work();
    loop->post([&parking] { parking.wake(); });
  });
  parking.park();
}

}  // namespace lull::scheduler::detail
