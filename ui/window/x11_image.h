// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "ui/draw/surface.h"
#include "ui/window/xlib.h"

namespace lull::ui {

// A picture that an X server shows: in memory both share (MIT-SHM), or sent over the connection
// where that is refused (another machine). Private to the X11 window.
class X11Image {
 public:
  X11Image(Display* display, Visual* visual, int depth, int width, int height);
  ~X11Image();
  X11Image(const X11Image&) = delete;
  X11Image& operator=(const X11Image&) = delete;

  Surface surface();
  void put(Drawable target, GC context);
  bool shared() const { return shared_; }

 private:
  bool share();

  Display* const display_;
  Visual* const visual_;
  const int depth_, width_, height_;
  XShmSegmentInfo segment_{};
  XImage* image_ = nullptr;
  bool shared_ = false;
  std::vector<std::uint32_t> own_;
};

}  // namespace lull::ui
