// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "ui/input.h"

// GLFW's keys as ours. Private to the GLFW window.
namespace lull::ui {

// kNone for those nobody asks for. Letters are those of the person's keyboard layout, not of the
// place of the key.
Key key_of(int glfw_key, int scancode);
// Empty for what is no character.
std::string utf8_of(unsigned codepoint);

}  // namespace lull::ui
