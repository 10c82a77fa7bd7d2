// SPDX-License-Identifier: MIT
#include "ui/window/display_choice.h"

namespace lull::ui {
namespace {

std::string named(const base::EnvironmentLookup& environment, const char* variable) {
  return environment(variable).value_or("");
}

std::string silent(const char* variable, const std::string& value) {
  return std::string(variable) + " is " + value + ", which does not answer";
}

}  // namespace

std::vector<WindowSystem> named_window_systems(const base::EnvironmentLookup& environment) {
  std::vector<WindowSystem> found;
  if (!named(environment, "DISPLAY").empty()) found.push_back(WindowSystem::kX11);
  if (!named(environment, "WAYLAND_DISPLAY").empty()) found.push_back(WindowSystem::kWayland);
  return found;
}

std::string why_no_display(const base::EnvironmentLookup& environment, GlfwKnows knows) {
  const std::string x11 = named(environment, "DISPLAY");
  const std::string wayland = named(environment, "WAYLAND_DISPLAY");
  std::string why = "no display to show a window on: ";
  if (x11.empty() && wayland.empty()) return why + "neither DISPLAY nor WAYLAND_DISPLAY is set";
  if (!x11.empty()) why += knows.x11 ? silent("DISPLAY", x11) : "GLFW is built without X11 here";
  if (!x11.empty() && !wayland.empty()) why += "; ";
  if (wayland.empty()) return why;
  if (knows.wayland) return why + silent("WAYLAND_DISPLAY", wayland);
  return why +
         "this Wayland session has no X server, and GLFW is built without Wayland here; install "
         "XWayland, or a GLFW for Wayland (on Debian 12 libglfw3-wayland in place of libglfw3)";
}

}  // namespace lull::ui
