// SPDX-License-Identifier: MIT
#include "ui/window/x11_screen.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lull::ui {
namespace {

Rect common(const Rect& one, const Rect& two) {
  const int x = std::max(one.x, two.x), y = std::max(one.y, two.y);
  return {x, y, std::max(0, std::min(one.right(), two.right()) - x),
          std::max(0, std::min(one.bottom(), two.bottom()) - y)};
}

// Errors of requests whose answer we check, or that a window which just went away makes, are no
// reason to end; Xlib's own handler would.
int ignore_error(Display*, XErrorEvent*) { return 0; }

}  // namespace

X11Screen::X11Screen(Display* display)
    : display_(display),
      number_(DefaultScreen(display)),
      root_(RootWindow(display, DefaultScreen(display))) {
  XSetErrorHandler(ignore_error);
}

X11Screen::~X11Screen() { XCloseDisplay(display_); }

Atom X11Screen::selection() const {
  return atom(("_LULL_POPOVER_S" + std::to_string(number_)).c_str());
}

bool X11Screen::close_other() {
  const ::Window owner = XGetSelectionOwner(display_, selection());
  if (owner == None) return false;
  XEvent event{};
  event.xclient.type = ClientMessage;
  event.xclient.window = owner;
  event.xclient.message_type = atom("_LULL_CLOSE");
  event.xclient.format = 32;
  XSendEvent(display_, owner, False, NoEventMask, &event);
  XFlush(display_);
  return true;
}

std::optional<Point> X11Screen::pointer() {
  ::Window root = None, child = None;
  int x = 0, y = 0, window_x = 0, window_y = 0;
  unsigned mask = 0;
  if (XQueryPointer(display_, root_, &root, &child, &x, &y, &window_x, &window_y, &mask) == False)
    return std::nullopt;
  return Point{x, y};
}

bool X11Screen::has_compositor() {
  const Atom manager = atom(("_NET_WM_CM_S" + std::to_string(number_)).c_str());
  return XGetSelectionOwner(display_, manager) != None;
}

// Desktops announce their scale as Xft.dpi; 96 is one to one. In quarters, as they offer it.
double X11Screen::scale() const {
  const char* resources = XResourceManagerString(display_);
  if (resources == nullptr) return 1;
  const std::string text = resources;
  const std::size_t at = text.find("Xft.dpi:");
  if (at == std::string::npos) return 1;
  const double dpi = std::atof(text.c_str() + at + sizeof "Xft.dpi:" - 1);
  if (!(dpi >= 48 && dpi <= 480)) return 1;
  return std::round(dpi / 96 * 4) / 4;
}

// Of the current desktop; one rectangle for all monitors together (EWMH 1.5, _NET_WORKAREA).
std::optional<Rect> X11Screen::work_area() const {
  Atom type = None;
  int format = 0;
  unsigned long count = 0, left = 0;
  unsigned char* bytes = nullptr;
  if (XGetWindowProperty(display_, root_, atom("_NET_WORKAREA"), 0, 4, False, XA_CARDINAL, &type,
                         &format, &count, &left, &bytes) != Success)
    return std::nullopt;
  std::optional<Rect> area;
  if (bytes != nullptr && type == XA_CARDINAL && format == 32 && count >= 4) {
    const long* values = reinterpret_cast<const long*>(bytes);
    area = Rect{static_cast<int>(values[0]), static_cast<int>(values[1]),
                static_cast<int>(values[2]), static_cast<int>(values[3])};
  }
  if (bytes != nullptr) XFree(bytes);
  return area;
}

std::vector<Monitor> X11Screen::monitors() {
  std::vector<Monitor> found;
  const double scaled = scale();
  int count = 0;
  if (XRRMonitorInfo* list = XRRGetMonitors(display_, root_, True, &count); list != nullptr) {
    for (int at = 0; at < count; ++at) {
      const Rect bounds{list[at].x, list[at].y, list[at].width, list[at].height};
      found.push_back({bounds, bounds, scaled, list[at].primary != 0});
    }
    XRRFreeMonitors(list);
  }
  if (found.empty()) {
    const Rect all{0, 0, DisplayWidth(display_, number_), DisplayHeight(display_, number_)};
    found.push_back({all, all, scaled, true});
  }
  if (const auto area = work_area())
    for (Monitor& monitor : found) {
      const Rect work = common(monitor.bounds, *area);
      if (work.width > 0 && work.height > 0) monitor.work = work;
    }
  return found;
}

base::Result<std::unique_ptr<Screen>> open_screen() {
  Display* display = XOpenDisplay(nullptr);
  if (display == nullptr)
    return base::fail(base::ErrorCode::kUnavailable,
                      "no display to show a window on (DISPLAY is not set, or does not answer)");
  return std::make_unique<X11Screen>(display);
}

}  // namespace lull::ui
