// SPDX-License-Identifier: MIT
#include <utility>

#include "agent/presence/logind_user_idle.h"
#include "agent/presence/user_presence.h"

namespace lull::agent::presence {

std::unique_ptr<UserPresence> watch_user(scheduler::Engine& engine, scheduler::Executor& blocking,
                                         std::function<void()> changed) {
  return LogindUserIdle::connect(engine, blocking, std::move(changed));
}

}  // namespace lull::agent::presence
