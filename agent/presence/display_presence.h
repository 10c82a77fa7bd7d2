// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/presence/x11_reply.h"
#include "core/base/environment.h"
#include "core/base/result.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent::presence {

// Whether an X server of this machine is what this session's windows are on (and not only some, as
// on Wayland).
bool is_on_x11(const base::EnvironmentLookup& environment);
// Whether a Wayland compositor is. (Then an X server, if there is one, only hears of what its own
// windows get.)
bool is_on_wayland(const base::EnvironmentLookup& environment);

// Whether somebody is at a display server, from a small program that is started when somebody asks,
// is asked again while they do (a job that runs looks every 100 ms), and ends some time after the
// last question: lull-x11-presence at once, since it finds the answer there; lull-wayland-presence
// only after a while, since a compositor tells what happens from when it is listened to.
//
// Not asked while the last answer tells enough: who touched something ten seconds ago cannot have
// been away for two minutes before one and fifty seconds have passed. What fills the screen is not
// known then, nor does it matter.
//
// Engine thread, except where a program is waited for: on `blocking`, for `patience` at most. A
// program that is missing, fails or is silent makes everything unknown for a minute, then for
// longer (up to an hour). Destroyed on a fiber.
class DisplayPresence {
 public:
  struct Options {
    // False: there is no such server here, and nothing is asked.
    bool possible = true;
    // The program's path, or why there is none. Called on `blocking`.
    std::function<base::Result<std::string>()> find_program;
    // What counts as away (automation.idle_after).
    std::function<base::Duration()> idle_after;
    // On a fiber: an answer that was waited for has come, or somebody has come back.
    std::function<void()> changed;
    base::Duration patience = std::chrono::milliseconds(800);
    base::Duration lease = std::chrono::seconds(2);  // how long the program waits for a question
    // It knows only what has happened since it was started: it waits longer by idle_after, since
    // nobody asks before somebody can have been away for that.
    bool knows_since_start = false;
  };
  struct Look {
    std::optional<X11Reply> reply;  // nullopt: unknown
    bool asking = false;            // an answer is under way; `reply` is nullopt
  };

  DisplayPresence(scheduler::Engine& engine, scheduler::Executor& blocking, Options options);
  ~DisplayPresence();
  DisplayPresence(const DisplayPresence&) = delete;
  DisplayPresence& operator=(const DisplayPresence&) = delete;

  // The newest answer, if it is new enough; asks for the next one if need be. Never waits.
  Look look();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::agent::presence
