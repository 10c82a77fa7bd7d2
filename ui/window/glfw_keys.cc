// SPDX-License-Identifier: MIT
#include "ui/window/glfw_keys.h"

#include <algorithm>
#include <array>

#include <GLFW/glfw3.h>

namespace lull::ui {
namespace {

struct KeyName {
  int glfw;
  Key key;
};
constexpr std::array kKeys = {
    KeyName{GLFW_KEY_ESCAPE, Key::kEscape},
    KeyName{GLFW_KEY_TAB, Key::kTab},
    KeyName{GLFW_KEY_ENTER, Key::kEnter},
    KeyName{GLFW_KEY_KP_ENTER, Key::kEnter},
    KeyName{GLFW_KEY_SPACE, Key::kSpace},
    KeyName{GLFW_KEY_UP, Key::kUp},
    KeyName{GLFW_KEY_DOWN, Key::kDown},
    KeyName{GLFW_KEY_LEFT, Key::kLeft},
    KeyName{GLFW_KEY_RIGHT, Key::kRight},
    KeyName{GLFW_KEY_HOME, Key::kHome},
    KeyName{GLFW_KEY_END, Key::kEnd},
    KeyName{GLFW_KEY_PAGE_UP, Key::kPageUp},
    KeyName{GLFW_KEY_PAGE_DOWN, Key::kPageDown},
    KeyName{GLFW_KEY_BACKSPACE, Key::kBackspace},
    KeyName{GLFW_KEY_DELETE, Key::kDelete},
};

Key key_of_letter(char letter) {
  switch (letter) {
    case 'a':
      return Key::kA;
    case 'c':
      return Key::kC;
    case 'v':
      return Key::kV;
    case 'x':
      return Key::kX;
    case 'z':
      return Key::kZ;
    default:
      return Key::kNone;
  }
}

}  // namespace

Key key_of(int glfw_key, int scancode) {
  const auto found = std::find_if(kKeys.begin(), kKeys.end(),
                                  [&](const KeyName& name) { return name.glfw == glfw_key; });
  if (found != kKeys.end()) return found->key;
  const char* const name = glfwGetKeyName(glfw_key, scancode);
  return name != nullptr && name[0] != '\0' && name[1] == '\0' ? key_of_letter(name[0])
                                                               : Key::kNone;
}

std::string utf8_of(unsigned codepoint) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80 | ((codepoint >> shift) & 0x3f));
  };
  if (codepoint < 0x20 || codepoint == 0x7f || codepoint > 0x10ffff) return {};
  if (codepoint < 0x80) return {static_cast<char>(codepoint)};
  if (codepoint < 0x800) return {static_cast<char>(0xc0 | (codepoint >> 6)), tail(0)};
  if (codepoint < 0x10000) return {static_cast<char>(0xe0 | (codepoint >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | (codepoint >> 18)), tail(12), tail(6), tail(0)};
}

}  // namespace lull::ui
