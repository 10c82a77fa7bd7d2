// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/platform/user_idle_probe.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent::presence {

// Whether somebody is at the machine, and who says that it must not count as idle. Engine thread
// only; ends in the destructor, on a fiber.
class UserPresence : public platform::UserIdleProbe {
 public:
  // Who keeps the machine from counting as idle ("mpv (playing)"); none if nobody does, or nobody
  // is there who would know.
  virtual model::IdleInhibitors inhibited_by() = 0;
  // What is known already: starts no program to find out more.
  virtual model::UserIdle known() = 0;
};

struct PresenceNeeds {
  std::function<void()> changed;               // on a fiber: an answer may have become another one
  std::function<base::Duration()> idle_after;  // what counts as away (automation.idle_after)
  // Linux: where lull-x11-presence or lull-wayland-presence is, or why there is none. Called on
  // `blocking`.
  std::function<base::Result<std::string>()> find_x11_program, find_wayland_program;
};

// Linux: systemd-logind, then the X server or the Wayland compositor (SeatPresence), and the
// desktop's inhibitors. macOS: the window server's time since the last input; asking costs next to
// nothing, so nothing is pushed and `changed` is not called. Returns at once; what takes time runs
// on `blocking`.
std::unique_ptr<UserPresence> watch_user(scheduler::Engine& engine, scheduler::Executor& blocking,
                                         const PresenceNeeds& needs);

}  // namespace lull::agent::presence
