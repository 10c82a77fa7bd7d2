// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "agent/commands/context.h"

// The status document in the forms that status bars want, each by its own contract:
//   plain     one line, for whatever shows lines (polybar, tmux, xfce4-genmon)
//   waybar    one JSON object a line, `"return-type": "json"` (waybar-custom(5)): text, alt,
//   tooltip,
//             class, percentage. text and tooltip are Pango markup
//   i3blocks  three lines: full text, short text, colour, the last empty for the bar's own
//             (i3blocks(1)). A block that persists takes every line as an update: one JSON object
//             then, `format=json`
//   xbar      the first line in the menu bar, below "---" the menu; '|' begins parameters, "--" a
//             submenu (xbar, SwiftBar, Argos). Of SwiftBar's plugins that stream, "~~~" begins an
//             update
// What is not known is "?" or left out, never a number.
namespace lull::commands {

struct BarFormat {
  std::string name;     // a word of the table
  bool stream = false;  // others follow: --watch
};

// One update, newline included.
std::string status_for_bar(const Object& status, const BarFormat& format, const Style& style);

}  // namespace lull::commands
