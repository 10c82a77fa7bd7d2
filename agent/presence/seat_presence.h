// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "agent/presence/display_presence.h"
#include "core/platform/user_idle_probe.h"

namespace lull::agent::presence {

// Whether somebody is at the machine, from all that can be asked here: logind's word first, since
// it is pushed and about every seat; where it has none, the X server's or the Wayland compositor's.
// An X server also knows of a window that fills the screen (a film, a presentation, a game); it is
// asked about that only once logind would count the machine as idle. (A compositor counts nobody as
// idle while such a window asks it not to.) Engine thread; the sources outlive it.
class SeatPresence final : public platform::UserIdleProbe {
 public:
  struct Sources {
    std::function<model::UserIdle()> logind;
    std::function<std::vector<std::string>()> inhibitors;
    std::function<DisplayPresence::Look()> display;
    std::function<base::Duration()> idle_after;  // what counts as away
  };
  // Nobody watches for longer without touching anything: a window that stays full for a night (a
  // remote desktop, a kiosk) does not hold everything up for ever.
  static constexpr auto kLongestShow = std::chrono::hours(4);

  explicit SeatPresence(Sources sources) : sources_(std::move(sources)) {}

  model::UserIdle read() override;
  // Who keeps the machine from counting as idle: "mpv (playing)", "firefox (full screen)"; "asking
  // the display" until that has answered. Empty if nobody does or nothing is known.
  std::vector<std::string> inhibited_by();

 private:
  const Sources sources_;
};

}  // namespace lull::agent::presence
