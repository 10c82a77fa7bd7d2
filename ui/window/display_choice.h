// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/environment.h"

// Which window system the window is for. Pure but for the environment that is handed in.
namespace lull::ui {

enum class WindowSystem { kX11, kWayland };

// Those that the session names (DISPLAY, WAYLAND_DISPLAY), in the order to try them: on X11, and so
// with XWayland, a window says where it is, on Wayland nobody may. Empty: no session is named.
std::vector<WindowSystem> named_window_systems(const base::EnvironmentLookup& environment);

// What the GLFW that this program runs with was built for.
struct GlfwKnows {
  bool x11 = false, wayland = false;
};

// Why none of them could be had, and what to install if that is what it takes; one line.
std::string why_no_display(const base::EnvironmentLookup& environment, GlfwKnows knows);

}  // namespace lull::ui
