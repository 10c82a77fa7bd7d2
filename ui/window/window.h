// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "ui/draw/backdrop.h"
#include "ui/input.h"
#include "ui/placement.h"

namespace lull::ui {

// A screen's connection, before there is a window. One thread.
class Screen {
 public:
  virtual ~Screen() = default;
  // Closes a popover that is shown already (of any process on this screen) and says so.
  virtual bool close_other() = 0;
  virtual std::vector<Monitor> monitors() = 0;
  virtual std::optional<Point> pointer() = 0;
  // Colours with transparency are shown: rounded corners and a shadow can be real.
  virtual bool has_compositor() = 0;
};

// An undecorated window whose picture the caller draws. Presented by shared memory where the server
// is on this machine, else sent.
class Window {
 public:
  virtual ~Window() = default;
  // What to draw on; premultiplied. Stays the same from frame to frame.
  virtual Surface surface() = 0;
  virtual void present() = 0;  // shows what was drawn; maps the window the first time
  virtual int descriptor() const = 0;
  // Something came in while a picture was presented: the descriptor will not say so again.
  virtual bool has_events() const = 0;
  // Hands over everything that came in; never blocks. `exposed`: the picture is to be shown again.
  struct Happened {
    bool exposed = false, closed = false;
  };
  virtual Happened take_events(const std::function<void(const InputEvent&)>& take) = 0;
};

struct WindowRequest {
  Rect frame;  // of the surface on the screen, the shadow's margin included
  bool transparent = false;
  BackdropShape shape;  // without transparency the corners are cut off
};

// kUnavailable if there is no display.
base::Result<std::unique_ptr<Screen>> open_screen();
base::Result<std::unique_ptr<Window>> open_window(Screen& screen, const WindowRequest& request);

}  // namespace lull::ui
