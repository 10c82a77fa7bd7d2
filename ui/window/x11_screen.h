// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>

#include "ui/window/window.h"
#include "ui/window/xlib.h"

// Private to the X11 window.
namespace lull::ui {

class X11Screen final : public Screen {
 public:
  explicit X11Screen(Display* display);
  ~X11Screen() override;
  X11Screen(const X11Screen&) = delete;
  X11Screen& operator=(const X11Screen&) = delete;

  bool close_other() override;
  std::vector<Monitor> monitors() override;
  std::optional<Point> pointer() override;
  bool has_compositor() override;

  Display* display() const { return display_; }
  int number() const { return number_; }
  ::Window root() const { return root_; }
  Atom atom(const char* name) const { return XInternAtom(display_, name, False); }
  // The selection whose owner is the popover that is shown.
  Atom selection() const;

 private:
  double scale() const;
  std::optional<Rect> work_area() const;

  Display* const display_;
  const int number_;
  const ::Window root_;
};

}  // namespace lull::ui
