// SPDX-License-Identifier: MIT
#include "ui/window/glfw_library.h"

#include <GLFW/glfw3.h>
#include <dlfcn.h>

#include "ui/window/native.h"

namespace lull::ui {
namespace {

// GLFW 3.4's glfw3.h.
constexpr int kPlatform = 0x00050003;         // GLFW_PLATFORM
constexpr int kPlatformWayland = 0x00060003;  // GLFW_PLATFORM_WAYLAND
constexpr int kPlatformX11 = 0x00060004;      // GLFW_PLATFORM_X11
constexpr int kWaylandLibdecor = 0x00053001;  // GLFW_WAYLAND_LIBDECOR
constexpr int kDisableLibdecor = 0x00038002;  // GLFW_WAYLAND_DISABLE_LIBDECOR

}  // namespace

void* find_in_glfw(const char* name) { return ::dlsym(RTLD_DEFAULT, name); }

GlfwKnows what_glfw_knows() {
  return {find_in_glfw("glfwGetX11Display") != nullptr,
          native::kKnowsWayland && find_in_glfw("glfwGetWaylandDisplay") != nullptr};
}

void prefer(WindowSystem system) {
  glfwInitHint(kPlatform, system == WindowSystem::kX11 ? kPlatformX11 : kPlatformWayland);
  // It draws window frames, for which it loads a toolkit; we want none.
  glfwInitHint(kWaylandLibdecor, kDisableLibdecor);
}

}  // namespace lull::ui
