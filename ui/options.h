// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "ui/placement.h"
#include "ui/view/state.h"

namespace lull::ui {

// The command line of lull-popover.
struct Options {
  bool help = false, version = false;
  std::string socket;                // empty: the usual place
  std::optional<Point> at;           // of the click, pixels of the screen
  std::string theme = "system";      // system|dark|light
  std::optional<double> scale;       // instead of the monitor's; 0.5 to 4
  std::optional<double> text_scale;  // instead of the setting's; 0.75 to 1.6
  std::optional<Page> page;          // that is shown first, if one was named
  std::string start;                 // optimize|clean|undo: begins it when the agent is there
  bool opengl = false;               // draw by OpenGL instead of on the CPU
  std::string screenshot, snapshot;  // a picture of a state instead of a window
  bool window_height = false;        // the picture as high as the window, not as its contents
  bool text = false;                 // the state as text on standard output
};

// One row per option: names, values, help and effect; parsing, --help and the manual derive from
// it.
struct OptionInfo {
  std::string_view name;   // "--theme"
  std::string_view value;  // "system|dark|light"; empty: a flag
  std::string_view help;   // one line
};
std::span<const OptionInfo> option_table();
// What the program is, in a few sentences.
extern const char* const kAboutTheWindow;

// kInvalidArgument for what is not understood.
base::Result<Options> read_options(int argc, const char* const* argv);
std::string usage();

// What the setting ui.text_size makes of the letters; nullopt: it is not known yet.
std::optional<double> text_scale_in(const State& state);

}  // namespace lull::ui
