// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "ui/placement.h"
#include "ui/window/renderer.h"
#include "ui/window/window.h"

struct GLFWwindow;

// Private to ui/window.
namespace lull::ui {

// What GLFW has no word for, of the window system that it is on. Lives as long as the screen, on
// its thread.
class Native {
 public:
  virtual ~Native() = default;

  virtual bool places_windows() const = 0;  // see Screen
  virtual std::optional<Point> pointer() = 0;
  virtual bool has_compositor() = 0;
  // Become readable when there is something to take in.
  virtual std::vector<int> descriptors() const = 0;
  // It has come in already, and the descriptors will not say so.
  virtual bool has_events() const = 0;

  // GLFW's, with its hints given but for what is special here. nullptr as there.
  virtual GLFWwindow* make_window(const WindowRequest& request) = 0;
  // Where nothing is transparent: only what draw_backdrop() would fill belongs to the window.
  virtual void cut_corners(GLFWwindow* window, int width, int height,
                           const BackdropShape& shape) = 0;
  // Asks for the keyboard without a window manager's help. It is shown.
  virtual void take_keyboard(GLFWwindow* window) = 0;
  // Has the keyboard now, whatever messages of before said.
  virtual bool has_keyboard(GLFWwindow* window) = 0;
  // False: GLFW makes the repeats of a key that is held, whenever it is asked for events.
  virtual bool sends_repeats() const = 0;

  // See Window::claim(). release() comes before the window is hidden, so that whoever sees it gone
  // finds the place free.
  virtual bool claim(GLFWwindow* window) = 0;
  virtual void release(GLFWwindow* window) = 0;
  // Another popover has asked for the place, in another way than by closing the window.
  virtual bool was_asked_to_close() = 0;

  // The CPU's renderer for a window of this size.
  virtual base::Result<std::unique_ptr<Renderer>> make_raster(GLFWwindow* window, int width,
                                                              int height,
                                                              const CoverageTexture& fonts) = 0;
};

namespace native {

// Of the system that GLFW began on; nullptr if it is another one. After glfwInit().
std::unique_ptr<Native> on_x11();
std::unique_ptr<Native> on_wayland();
extern const bool kKnowsWayland;  // false: built without, on_wayland() is always nullptr

}  // namespace native
}  // namespace lull::ui
