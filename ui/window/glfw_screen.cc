// SPDX-License-Identifier: MIT
#include "ui/window/glfw_screen.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <GLFW/glfw3.h>

#include "core/base/environment.h"
#include "ui/window/glfw_library.h"

namespace lull::ui {
namespace {

// GLFW tells this to the process, not to a screen.
bool a_monitor_came_or_went = false;

// Desktops offer scales in quarters; what GLFW makes of a font resolution is near one.
double in_quarters(float scale) {
  if (!(scale >= 0.5F && scale <= 5)) return 1;
  return std::round(static_cast<double>(scale) * 4) / 4;
}

double scale_of(GLFWmonitor* monitor) {
  float across = 1, down = 1;
  glfwGetMonitorContentScale(monitor, &across, &down);
  return in_quarters(across);
}

std::vector<GLFWmonitor*> all_monitors() {
  int count = 0;
  GLFWmonitor** const list = glfwGetMonitors(&count);
  return {list, list + count};
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
  monitor.scale = scale_of(of);
  monitor.primary = primary;
  return monitor;
}

// GLFW tells a mode's pixels, of which a compositor makes its units.
void count_in_units(Monitor& monitor) {
  for (Rect* rect : {&monitor.bounds, &monitor.work}) {
    rect->width = static_cast<int>(rect->width / monitor.scale);
    rect->height = static_cast<int>(rect->height / monitor.scale);
  }
  monitor.scale = 1;
}

// GLFW on that system, or on the only one that it is built for; nullptr: nothing answers there.
std::unique_ptr<Native> begin_on(WindowSystem system) {
  prefer(system);
  if (glfwInit() != GLFW_TRUE) return nullptr;
  auto native = native::on_x11();
  if (!native) native = native::on_wayland();
  if (!native) glfwTerminate();
  return native;
}

}  // namespace

std::string glfw_complaint() {
  const char* words = nullptr;
  glfwGetError(&words);
  return words == nullptr ? "no reason was given" : words;
}

GlfwScreen::~GlfwScreen() {
  native_.reset();
  glfwTerminate();
}

std::vector<Monitor> GlfwScreen::monitors() {
  std::vector<Monitor> found;
  for (GLFWmonitor* const monitor : all_monitors()) {
    found.push_back(describe_monitor(monitor, found.empty()));
    if (!places_windows()) count_in_units(found.back());
  }
  return found;
}

double GlfwScreen::pixels_per_unit() {
  double most = 1;
  if (!places_windows())
    for (GLFWmonitor* const monitor : all_monitors()) most = std::max(most, scale_of(monitor));
  return most;
}

bool GlfwScreen::monitors_changed() { return std::exchange(a_monitor_came_or_went, false); }

std::optional<Point> GlfwScreen::pointer() { return native_->pointer(); }

bool GlfwScreen::has_compositor() { return native_->has_compositor(); }

base::Result<std::unique_ptr<Screen>> open_screen() {
  for (const WindowSystem system : named_window_systems(base::process_environment)) {
    auto native = begin_on(system);
    if (!native) continue;
    glfwSetMonitorCallback([](GLFWmonitor*, int) { a_monitor_came_or_went = true; });
    return std::make_unique<GlfwScreen>(std::move(native));
  }
  return base::fail(base::ErrorCode::kUnavailable,
                    why_no_display(base::process_environment, what_glfw_knows()));
}

}  // namespace lull::ui
