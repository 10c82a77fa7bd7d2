// SPDX-License-Identifier: MIT
#include "ui/window/gl_functions.h"

#include <GLFW/glfw3.h>

namespace lull::ui {
namespace {

template <class Function>
bool find(Function& function, const char* name) {
  function = reinterpret_cast<Function>(glfwGetProcAddress(name));
  return function != nullptr;
}

}  // namespace

bool GlFunctions::load() {
  return find(gen_textures, "glGenTextures") && find(delete_textures, "glDeleteTextures") &&
         find(bind_texture, "glBindTexture") && find(tex_image, "glTexImage2D") &&
         find(gen_framebuffers, "glGenFramebuffers") &&
         find(delete_framebuffers, "glDeleteFramebuffers") &&
         find(bind_framebuffer, "glBindFramebuffer") &&
         find(framebuffer_texture, "glFramebufferTexture2D") &&
         find(blit_framebuffer, "glBlitFramebuffer") && find(read_pixels, "glReadPixels");
}

}  // namespace lull::ui
