// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>

#include "ui/draw/backdrop.h"
#include "ui/placement.h"
#include "ui/window/renderer.h"

struct GLFWwindow;

// What GLFW has no word for; one body per window system. After open_screen(), on its thread.
// Private to the GLFW window.
namespace lull::ui::native {

void before_init();  // glfwInit() follows
void after_init();

std::optional<Point> pointer();  // on the screen
bool has_compositor();
// Becomes readable when GLFW has something to poll for.
int descriptor();
// It has already, and the descriptor will not say so.
bool has_events();

// While it lives, a window that GLFW makes without OpenGL has transparent colours, if it is to.
class TransparentWindows {
 public:
  explicit TransparentWindows(bool wanted);
  ~TransparentWindows();
  TransparentWindows(const TransparentWindows&) = delete;
  TransparentWindows& operator=(const TransparentWindows&) = delete;

 private:
  struct Saved;
  std::unique_ptr<Saved> saved_;
};

// Tells the window manager what kind of window it is. Before it is shown.
void describe(GLFWwindow* window);
// Where nothing is transparent: only what draw_backdrop() would fill belongs to the window.
void cut_corners(GLFWwindow* window, int width, int height, const BackdropShape& shape);
// Asks for the keyboard without a window manager's help. It is shown.
void take_keyboard(GLFWwindow* window);
// Has the keyboard now, whatever messages of before said.
bool has_keyboard(GLFWwindow* window);

// See Window::claim(). release() comes before the window is hidden, so that whoever sees it gone
// finds the place free.
bool claim(GLFWwindow* window);
void release(GLFWwindow* window);

// The CPU's renderer for a window of this size.
std::unique_ptr<Renderer> make_raster(GLFWwindow* window, int width, int height,
                                      const CoverageTexture& fonts);

}  // namespace lull::ui::native
