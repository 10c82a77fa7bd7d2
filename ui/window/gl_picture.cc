// SPDX-License-Identifier: MIT
#include "ui/window/gl_picture.h"

#include <utility>

#include <GLFW/glfw3.h>

#include "ui/window/gl_renderer.h"
#include "ui/window/glfw_screen.h"

namespace lull::ui {
namespace {

struct Destroy {
  void operator()(GLFWwindow* window) const { glfwDestroyWindow(window); }
};

base::Result<Image> paint(GLFWwindow* window, const Image& backdrop,
                          const std::function<const ImDrawData&()>& frame) {
  auto renderer = make_gl_renderer(window, backdrop.width(), backdrop.height(), true);
  if (!renderer) return tl::unexpected(std::move(renderer).error());
  (*renderer)->use_backdrop(backdrop);
  (*renderer)->draw(frame());
  return (*renderer)->picture();
}

}  // namespace

base::Result<Image> draw_picture_by_gl(const ViewModel& view, const FontFiles& fonts,
                                       const PictureOptions& options) {
  const auto screen = open_screen();
  if (!screen) return tl::unexpected(screen.error());
  glfwDefaultWindowHints();
  glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
  give_gl_hints(false);
  const std::unique_ptr<GLFWwindow, Destroy> window(
      glfwCreateWindow(16, 16, "Lull", nullptr, nullptr));
  if (!window)
    return base::fail(base::ErrorCode::kUnavailable, "there is no OpenGL: " + glfw_complaint());
  return draw_picture_by([&](const Image& backdrop, const CoverageTexture&,
                             const auto& frame) { return paint(window.get(), backdrop, frame); },
                         view, fonts, options);
}

}  // namespace lull::ui
