// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "core/base/result.h"
#include "ui/window/renderer.h"

struct GLFWwindow;

// Private to ui/window. GLFW and ImGui's backend load OpenGL's libraries when they are used, so
// that a program that draws on the CPU never maps them.
namespace lull::ui {

// For the GLFW window that is made next: OpenGL 3.2, which macOS has too.
void give_gl_hints(bool transparent);

// Reads back what it drew, for pictures without a window to be shown.
class GlRenderer : public Renderer {
 public:
  virtual Image picture() = 0;
};

// Of the ImGui context that is current and outlives it; `window` has an OpenGL context. With
// `aside` it draws beside the window, which may then be hidden and of any size.
base::Result<std::unique_ptr<GlRenderer>> make_gl_renderer(GLFWwindow* window, int width,
                                                           int height, bool aside = false);

}  // namespace lull::ui
