// SPDX-License-Identifier: MIT
#include "ui/window/glfw_screen.h"

#include <cmath>
#include <utility>

#include <GLFW/glfw3.h>

#include "ui/window/native.h"

namespace lull::ui {
namespace {

// GLFW tells this to the process, not to a screen.
bool a_monitor_came_or_went = false;

// Desktops offer scales in quarters; what GLFW makes of a font resolution is near one.
double in_quarters(float scale) {
  if (!(scale >= 0.5F && scale <= 5)) return 1;
  return std::round(static_cast<double>(scale) * 4) / 4;
}

Monitor describe_monitor(GLFWmonitor* of, bool primary) {
  Monitor monitor;
  glfwGetMonitorPos(of, &monitor.bounds.x, &monitor.bounds.y);
  if (const GLFWvidmode* mode = glfwGetVideoMode(of); mode != nullptr) {
    monitor.bounds.width = mode->width;
    monitor.bounds.height = mode->height;
  }
  Rect& work = monitor.work;
  glfwGetMonitorWorkarea(of, &work.x, &work.y, &work.width, &work.height);
  if (work.width <= 0 || work.height <= 0) work = monitor.bounds;
  float across = 1, down = 1;
  glfwGetMonitorContentScale(of, &across, &down);
  monitor.scale = in_quarters(across);
  monitor.primary = primary;
  return monitor;
}

}  // namespace

std::string glfw_complaint() {
  const char* words = nullptr;
  glfwGetError(&words);
  return words == nullptr ? "no reason was given" : words;
}

GlfwScreen::~GlfwScreen() { glfwTerminate(); }

std::vector<Monitor> GlfwScreen::monitors() {
  std::vector<Monitor> found;
  int count = 0;
  GLFWmonitor** const list = glfwGetMonitors(&count);
  for (int at = 0; at < count; ++at) found.push_back(describe_monitor(list[at], at == 0));
  return found;
}

bool GlfwScreen::monitors_changed() { return std::exchange(a_monitor_came_or_went, false); }

std::optional<Point> GlfwScreen::pointer() { return native::pointer(); }

bool GlfwScreen::has_compositor() { return native::has_compositor(); }

base::Result<std::unique_ptr<Screen>> open_screen() {
  native::before_init();
  if (glfwInit() != GLFW_TRUE)
    return base::fail(base::ErrorCode::kUnavailable,
                      "no display to show a window on (DISPLAY is not set, or does not answer)");
  native::after_init();
  glfwSetMonitorCallback([](GLFWmonitor*, int) { a_monitor_came_or_went = true; });
  return std::make_unique<GlfwScreen>();
}

}  // namespace lull::ui
