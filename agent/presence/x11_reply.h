// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/result.h"

// What lull-x11-presence says of the X server, a line for a line; lull-wayland-presence says the
// same of a compositor. Pure.
namespace lull::agent::presence {

struct X11Reply {
  // Since the last input (XScreenSaver); nullopt: the server has no such extension.
  std::optional<base::Duration> idle;
  std::string full_screen;  // the class of the window in front if that fills the screen; else empty

  bool operator==(const X11Reply&) const = default;
};

// "idle MILLISECONDS|? full-screen NAME", without its end.
std::string format_x11_reply(const X11Reply& reply);
// kMalformed for anything else. The name may be whatever a program calls itself: control characters
// become spaces, and it is cut to 80 bytes.
base::Result<X11Reply> parse_x11_reply(std::string_view line);

// The other question: which process has the window in front. "front PID|?", without its end;
// nullopt: no window is, or it does not say, or its process is on another machine.
inline constexpr std::string_view kFrontQuestion = "front";
std::string format_front_reply(std::optional<pid_t> process);
base::Result<std::optional<pid_t>> parse_front_reply(std::string_view line);

}  // namespace lull::agent::presence
