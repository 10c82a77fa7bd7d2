// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <utility>

#include "ui/view/view_model.h"

namespace lull::ui {

// Whether there is anything to draw: after input, until hover and press have settled; when what is
// shown has changed; when the screen has lost the picture. Never else, however often it is asked.
// A value; one thread.
class FrameDue {
 public:
  // Frames after input: hover and press settle within them.
  static constexpr int kSettlingFrames = 3;

  void input() { due_ = kSettlingFrames; }
  void exposed() { due_ = std::max(due_, 1); }
  // What is to be seen now.
  void show(ViewModel view) {
    if (view == shown_) return;
    shown_ = std::move(view);
    exposed();
  }
  const ViewModel& shown() const { return shown_; }
  bool any() const { return due_ > 0; }
  // True: one frame is to be drawn now.
  bool take() {
    if (due_ == 0) return false;
    --due_;
    return true;
  }

 private:
  ViewModel shown_;
  int due_ = 1;  // the first one
};

}  // namespace lull::ui
