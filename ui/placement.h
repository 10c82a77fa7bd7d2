// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <vector>

// Where the popover goes. Pure; whole pixels of the screen (X11's root window; points on macOS),
// y downwards, origins may be negative.
namespace lull::ui {

struct Point {
  int x = 0, y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

struct Rect {
  int x = 0, y = 0, width = 0, height = 0;
  int right() const { return x + width; }
  int bottom() const { return y + height; }
  bool contains(Point point) const {
    return point.x >= x && point.x < right() && point.y >= y && point.y < bottom();
  }
  friend bool operator==(const Rect&, const Rect&) = default;
};

struct Monitor {
  Rect bounds;
  Rect work;         // without panels, docks and notches
  double scale = 1;  // pixels per logical pixel
  bool primary = false;
};

struct PlacementRequest {
  std::optional<Point> anchor;   // where the status item's host says the click was; may be nonsense
  std::optional<Point> pointer;  // where the pointer is
  std::vector<Monitor> monitors;
  double width = 0, height = 0;  // logical pixels, what is drawn (without its shadow)
  std::optional<double> scale;   // instead of the monitor's
};

struct Placement {
  Rect window;       // what is drawn; always within the work area (may_stay() is true of it)
  double scale = 1;  // to draw it at
  std::size_t monitor = 0;
  enum class By { kAnchor, kPointer, kCorner } by = By::kCorner;
};

// An anchor is believed if it lies on a monitor and within 1.5 panel heights of one of its edges
// (the panel's height is what the work area leaves free there, or 32 logical pixels), unless the
// pointer tells another story. Hosts are known to send none, or coordinates within the item, such
// as 7,9, which lie on a panel too where a monitor begins at 0,0: an anchor less than 48 logical
// pixels from there is believed only if the pointer is within 96 of it, any other unless the
// pointer is farther away and on a panel itself. Else the pointer, else the corner where panels
// have their status items. The window touches the panel but for a gap of 6 logical pixels, is
// centred on the point and then moved into the work area; what is higher than that is cut to it.
// nullopt only if there is no monitor with a work area.
std::optional<Placement> place(const PlacementRequest& request);

// Whether a window may stay where it was placed, on a monitor of that scale, now that there are
// these: it is wholly on one like it.
bool may_stay(const Rect& window, double monitor_scale, const std::vector<Monitor>& monitors);

}  // namespace lull::ui
