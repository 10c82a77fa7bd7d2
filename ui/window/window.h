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
  // Programs say where their windows are. False: the compositor does (Wayland), and Monitor's and
  // WindowRequest's pixels are its units, of which pixels_per_unit() are drawn.
  virtual bool places_windows() const = 0;
  // The most of its monitors; 1 where windows are placed in pixels.
  virtual double pixels_per_unit() = 0;
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
  // What a picture of it has. A compositor may choose another size than was asked for, and how many
  // pixels a unit has is known for sure once it is shown; a renderer is made for one size.
  struct Pixels {
    int width = 0, height = 0;
    double per_unit = 1;
    friend bool operator==(const Pixels&, const Pixels&) = default;
  };
  virtual Pixels pixels() const = 0;
  virtual void show() = 0;  // asks for the keyboard too; nothing if it is shown
  virtual std::vector<int> descriptors() const = 0;
  // Something came in while other things were done: the descriptors will not say so again.
  virtual bool has_events() const = 0;
  // A key is held: events may come in of which the descriptors say nothing.
  virtual bool repeats_a_key() const = 0;
  // Hands over everything that came in; never blocks. `exposed`: the picture is to be shown again.
  struct Happened {
    bool exposed = false, closed = false;
  };
  virtual Happened take_events(const std::function<void(const InputEvent&)>& take) = 0;
};

struct WindowRequest {
  Rect frame;  // of the surface on the screen, the shadow's margin included; the screen's units
  bool transparent = false;
  BackdropShape shape;  // without transparency the corners are cut off; pixels
  RendererKind renderer = RendererKind::kRaster;
};

// kUnavailable if there is no display, and says why.
base::Result<std::unique_ptr<Screen>> open_screen();
// kUnavailable if there is no such window to be had: OpenGL without a driver, for example.
base::Result<std::unique_ptr<Window>> open_window(Screen& screen, const WindowRequest& request);

}  // namespace lull::ui
