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
#include "ui/window/renderer.h"

namespace lull::ui {

// A screen's connection, before there is a window. One thread; one at a time, since it is GLFW's.
class Screen {
 public:
  virtual ~Screen() = default;
  virtual std::vector<Monitor> monitors() = 0;
  // A monitor has come or gone since this was last asked. It is known once a window's events have
  // been taken.
  virtual bool monitors_changed() = 0;
  virtual std::optional<Point> pointer() = 0;
  // Colours with transparency are shown: rounded corners and a shadow can be real.
  virtual bool has_compositor() = 0;
};

// An undecorated window, hidden until its first frame. Must not outlive its screen.
class Window {
 public:
  virtual ~Window() = default;
  // There is one popover on a screen. Takes that place for this window, or asks the one that has it
  // (of any process) to close and says false. Of two that try at the same time one gets it.
  virtual bool claim() = 0;
  // Draws with these fonts from now on; the Gui they belong to must outlive the renderer.
  virtual base::Result<std::unique_ptr<Renderer>> make_renderer(const CoverageTexture& fonts) = 0;
  virtual void show() = 0;  // asks for the keyboard too; nothing if it is shown
  virtual int descriptor() const = 0;
  // Something came in while other things were done: the descriptor will not say so again.
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
  RendererKind renderer = RendererKind::kRaster;
};

// kUnavailable if there is no display.
base::Result<std::unique_ptr<Screen>> open_screen();
// kUnavailable if there is no such window to be had: OpenGL without a driver, for example.
base::Result<std::unique_ptr<Window>> open_window(Screen& screen, const WindowRequest& request);

}  // namespace lull::ui
