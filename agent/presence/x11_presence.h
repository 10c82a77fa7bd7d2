// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/presence/x11_reply.h"
#include "core/base/environment.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent::presence {

// Whether an X server of this machine is what this session's windows are on (and not only some, as
// on Wayland).
bool is_on_x11(const base::EnvironmentLookup& environment);

// Whether somebody is at an X server, from lull-x11-presence: a small program that is started when
// somebody asks, is asked again while they do (a job that runs looks every 100 ms), and ends two
// seconds after the last question. Nothing is asked where it cannot be true: without DISPLAY or
// with one of another machine, and on Wayland, where an X server only hears of what its own windows
// get.
//
// Not asked either while the last answer tells enough: who touched something ten seconds ago cannot
// have been away for two minutes before one and fifty seconds have passed. What fills the screen is
// not known then, nor does it matter.
//
// Engine thread, except where a program is waited for: on `blocking`, for `patience` at most. A
// program that is missing, fails or is silent makes everything unknown for a minute, then for
// longer (up to an hour). Destroyed on a fiber.
class X11Presence {
 public:
  struct Options {
    // The program's path, or why there is none. Called on `blocking`.
    std::function<base::Result<std::string>()> find_program;
    // What counts as away (automation.idle_after).
    std::function<base::Duration()> idle_after;
    // On a fiber: an answer that was waited for has come, or somebody has come back.
    std::function<void()> changed;
    base::Duration patience = std::chrono::milliseconds(800);
    base::Duration lease = std::chrono::seconds(2);
  };
  struct Look {
    std::optional<X11Reply> reply;  // nullopt: unknown
    bool asking = false;            // an answer is under way; `reply` is nullopt
  };

  X11Presence(scheduler::Engine& engine, scheduler::Executor& blocking,
              const base::EnvironmentLookup& environment, Options options);
  ~X11Presence();
  X11Presence(const X11Presence&) = delete;
  X11Presence& operator=(const X11Presence&) = delete;

  // The newest answer, if it is new enough; asks for the next one if need be. Never waits.
  Look look();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::agent::presence
