// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/platform/user_idle_probe.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent::presence {

// Whether somebody is at the machine, and who says that it must not count as idle. Engine thread
// only; ends in the destructor, on a fiber.
class UserPresence : public platform::UserIdleProbe {
 public:
  // Who keeps the machine from counting as idle ("mpv (playing)"); empty if nobody does or it is
  // not known.
  virtual std::vector<std::string> inhibited_by() = 0;
};

// Linux: systemd-logind (LogindUserIdle). macOS: the window server's time since the last input;
// asking costs next to nothing, so nothing is pushed and `changed` is not called. Returns at once;
// what takes time runs on `blocking`. `changed` is called on a fiber of the engine whenever an
// answer may have become another one.
std::unique_ptr<UserPresence> watch_user(scheduler::Engine& engine, scheduler::Executor& blocking,
                                         std::function<void()> changed);

}  // namespace lull::agent::presence
