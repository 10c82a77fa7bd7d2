// SPDX-License-Identifier: MIT
#include "ui/window/gl_renderer.h"

#include <algorithm>
#include <utility>

#include <GLFW/glfw3.h>
#include <imgui.h>

#include "ui/imgui_compat.h"
#include "ui/window/gl_functions.h"
#include "ui/window/glfw_screen.h"

namespace lull::ui {
namespace {

// Our pixels are words 0xAARRGGBB, whatever the machine's byte order.
constexpr GLenum kFormat = GL_BGRA, kType = GL_UNSIGNED_INT_8_8_8_8_REV;

// A picture on the card that can be drawn on and copied from.
class GlCanvas {
 public:
  GlCanvas(const GlFunctions& gl, int width, int height, const std::uint32_t* pixels) : gl_(gl) {
    gl_.gen_textures(1, &texture_);
    gl_.bind_texture(GL_TEXTURE_2D, texture_);
    gl_.tex_image(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, kFormat, kType, pixels);
    gl_.bind_texture(GL_TEXTURE_2D, 0);
    gl_.gen_framebuffers(1, &buffer_);
    gl_.bind_framebuffer(GL_FRAMEBUFFER, buffer_);
    gl_.framebuffer_texture(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_, 0);
    gl_.bind_framebuffer(GL_FRAMEBUFFER, 0);
  }
  ~GlCanvas() {
    gl_.delete_framebuffers(1, &buffer_);
    gl_.delete_textures(1, &texture_);
  }
  GlCanvas(const GlCanvas&) = delete;
  GlCanvas& operator=(const GlCanvas&) = delete;

  GLuint buffer() const { return buffer_; }

 private:
  const GlFunctions& gl_;
  GLuint texture_ = 0, buffer_ = 0;
};

class Gl3Renderer final : public GlRenderer {
 public:
  Gl3Renderer(GLFWwindow* window, const GlFunctions& gl, int width, int height, bool aside)
      : window_(window), gl_(gl), width_(width), height_(height) {
    if (aside) aside_ = std::make_unique<GlCanvas>(gl_, width, height, nullptr);
  }
  ~Gl3Renderer() override { end_opengl(); }
  Gl3Renderer(const Gl3Renderer&) = delete;
  Gl3Renderer& operator=(const Gl3Renderer&) = delete;

  void use_backdrop(Image backdrop) override {
    backdrop_ = std::make_unique<GlCanvas>(gl_, backdrop.width(), backdrop.height(),
                                           backdrop.pixels().data());
  }

  // ImGui's backend blends straight colours so that the result is premultiplied, as the backdrop
  // is.
  void draw(const ImDrawData& data) override {
    const GLuint target = aside_ ? aside_->buffer() : 0;
    gl_.bind_framebuffer(GL_READ_FRAMEBUFFER, backdrop_->buffer());
    gl_.bind_framebuffer(GL_DRAW_FRAMEBUFFER, target);
    // OpenGL counts rows from below.
    gl_.blit_framebuffer(0, 0, width_, height_, 0, height_, width_, 0, GL_COLOR_BUFFER_BIT,
                         GL_NEAREST);
    gl_.bind_framebuffer(GL_FRAMEBUFFER, target);
    draw_by_opengl(data);
  }

  void present() override {
    if (!aside_) glfwSwapBuffers(window_);
  }

  Image picture() override {
    Image image(width_, height_);
    gl_.bind_framebuffer(GL_FRAMEBUFFER, aside_ ? aside_->buffer() : 0);
    gl_.read_pixels(0, 0, width_, height_, kFormat, kType, image.surface().pixels);
    const Surface rows = image.surface();
    for (int top = 0, bottom = height_ - 1; top < bottom; ++top, --bottom)
      std::swap_ranges(rows.row(top), rows.row(top) + width_, rows.row(bottom));
    return image;
  }

 private:
  GLFWwindow* const window_;
  const GlFunctions gl_;
  const int width_, height_;
  std::unique_ptr<GlCanvas> backdrop_, aside_;
};

}  // namespace

void give_gl_hints(bool transparent) {
  glfwWindowHint(GLFW_CLIENT_API, GLFW_OPENGL_API);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_DEPTH_BITS, 0);
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  glfwWindowHint(GLFW_TRANSPARENT_FRAMEBUFFER, transparent ? GLFW_TRUE : GLFW_FALSE);
}

base::Result<std::unique_ptr<GlRenderer>> make_gl_renderer(GLFWwindow* window, int width,
                                                           int height, bool aside) {
  glfwMakeContextCurrent(window);
  glfwSwapInterval(0);  // frames are few; none waits for the screen
  GlFunctions gl;
  if (!gl.load() || !begin_opengl("#version 150"))
    return base::fail(base::ErrorCode::kUnavailable, "OpenGL 3.2 does not work here");
  return std::make_unique<Gl3Renderer>(window, gl, width, height, aside);
}

}  // namespace lull::ui
