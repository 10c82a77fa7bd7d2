// SPDX-License-Identifier: MIT
#pragma once
#include "ui/window/display_choice.h"

// What a GLFW has or has not, by its version and how it was built. It is looked up while the
// program runs: with a GLFW that lacks a function which the program names, it would not even start.
// Numbers are of GLFW's interface, which does not change them; an older GLFW refuses a hint that it
// does not know, and nothing else happens. Private to ui/window.
namespace lull::ui {

// nullptr: this GLFW has none of that name.
void* find_in_glfw(const char* name);

template <class Function>
Function* glfw_function(const char* name) {
  return reinterpret_cast<Function*>(find_in_glfw(name));
}

// Of those window systems that this program knows too.
GlfwKnows what_glfw_knows();

// glfwInit() follows. From 3.4 on GLFW knows both systems and chooses when it begins; before, it is
// built for one.
void prefer(WindowSystem system);

inline constexpr int kGlfwWaylandAppId = 0x00026001;  // GLFW_WAYLAND_APP_ID, a window's hint (3.4)

}  // namespace lull::ui
