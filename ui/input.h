// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

// What comes from keyboard and pointer, whoever delivers it (X11, GLFW, a test). Plain values.
namespace lull::ui {

enum class Key : std::uint8_t {
  kNone,
  kEscape,
  kTab,
  kEnter,
  kSpace,
  kUp,
  kDown,
  kLeft,
  kRight,
  kHome,
  kEnd,
  kPageUp,
  kPageDown,
  kBackspace,
  kDelete,
  kA,
  kC,
  kV,
  kX,
  kZ,
};

struct InputEvent {
  enum class Kind : std::uint8_t {
    kPointer,      // moved to x, y
    kPointerLeft,  // is no longer over the window
    kButton,       // the first one; down
    kWheel,        // y: notches, positive is up
    kKey,          // key, down, shift, control
    kText,         // text, UTF-8
    kFocusLost,
  };
  Kind kind = Kind::kPointer;
  float x = 0, y = 0;  // pixels of the surface
  bool down = false;
  Key key = Key::kNone;
  bool shift = false, control = false;
  std::string text = {};
};

}  // namespace lull::ui
