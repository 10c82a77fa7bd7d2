// SPDX-License-Identifier: MIT
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "ui/theme.h"
#include "ui/window/native.h"
#include "ui/window/x11_raster.h"

namespace lull::ui::native {
namespace {

Display* display() { return glfwGetX11Display(); }
int number() { return DefaultScreen(display()); }
::Window root() { return DefaultRootWindow(display()); }
Atom atom(const std::string& name) { return XInternAtom(display(), name.c_str(), False); }
Atom of_screen(const char* prefix) { return atom(prefix + std::to_string(number())); }

// The selection whose owner is the popover that is shown.
Atom place() { return of_screen("_LULL_POPOVER_S"); }

// Errors of requests whose answer we check, or that a window which just went away makes, are no
// reason to end; Xlib's own handler would. GLFW puts that one back when it has used its own.
int ignore_error(Display*, XErrorEvent*) { return 0; }

void set_atoms(::Window window, const char* property, std::vector<Atom> atoms) {
  XChangeProperty(display(), window, atom(property), XA_ATOM, 32, PropModeReplace,
                  reinterpret_cast<const unsigned char*>(atoms.data()),
                  static_cast<int>(atoms.size()));
}

// As the window manager would ask it to (ICCCM 4.2.8.1).
void ask_to_close(::Window window) {
  XEvent event{};
  event.xclient.type = ClientMessage;
  event.xclient.window = window;
  event.xclient.message_type = atom("WM_PROTOCOLS");
  event.xclient.format = 32;
  event.xclient.data.l[0] = static_cast<long>(atom("WM_DELETE_WINDOW"));
  event.xclient.data.l[1] = CurrentTime;
  XSendEvent(display(), window, False, NoEventMask, &event);
}

// The server may not have noticed yet that a client is gone, one that was killed for example: then
// its window is still there, but its process (_NET_WM_PID, which GLFW sets) is not.
bool is_alive(::Window window) {
  Atom type = None;
  int format = 0;
  unsigned long count = 0, left = 0;
  unsigned char* bytes = nullptr;
  if (XGetWindowProperty(display(), window, atom("_NET_WM_PID"), 0, 1, False, XA_CARDINAL, &type,
                         &format, &count, &left, &bytes) != Success)
    return false;
  bool alive = true;
  if (bytes != nullptr && format == 32 && count == 1) {
    const long process = *reinterpret_cast<const long*>(bytes);
    alive = ::kill(static_cast<pid_t>(process), 0) == 0 || errno != ESRCH;
  }
  if (bytes != nullptr) XFree(bytes);
  return alive;
}

}  // namespace

void before_init() {
#ifdef GLFW_PLATFORM  // since 3.4 GLFW chooses at run time; on Wayland nobody may place a window
  glfwInitHint(GLFW_PLATFORM, GLFW_PLATFORM_X11);
#endif
}

void after_init() { XSetErrorHandler(ignore_error); }

std::optional<Point> pointer() {
  ::Window at_root = None, child = None;
  int x = 0, y = 0, window_x = 0, window_y = 0;
  unsigned mask = 0;
  if (XQueryPointer(display(), root(), &at_root, &child, &x, &y, &window_x, &window_y, &mask) ==
      False)
    return std::nullopt;
  return Point{x, y};
}

bool has_compositor() { return XGetSelectionOwner(display(), of_screen("_NET_WM_CM_S")) != None; }

int descriptor() { return ConnectionNumber(display()); }

bool has_events() { return XEventsQueued(display(), QueuedAlready) > 0; }

struct TransparentWindows::Saved {
  ::Screen* screen;
  Visual* visual;
  int depth;
};

// GLFW gives a window without OpenGL the screen's default visual (x11_window.c), which has no
// alpha, and reads it from the connection's own record of the screen, which is ours too: for the
// time of the call that record names the visual with alpha. The colormap and the border, without
// which X refuses another visual than the parent's, GLFW makes to fit.
TransparentWindows::TransparentWindows(bool wanted) {
  XVisualInfo info{};
  if (!wanted || XMatchVisualInfo(display(), number(), 32, TrueColor, &info) == 0) return;
  ::Screen* const screen = DefaultScreenOfDisplay(display());
  saved_ = std::make_unique<Saved>(Saved{screen, screen->root_visual, screen->root_depth});
  screen->root_visual = info.visual;
  screen->root_depth = info.depth;
}

TransparentWindows::~TransparentWindows() {
  if (!saved_) return;
  saved_->screen->root_visual = saved_->visual;
  saved_->screen->root_depth = saved_->depth;
}

// EWMH 1.5. What GLFW's hints say is set already: no decoration, above others.
void describe(GLFWwindow* window) {
  XSetErrorHandler(ignore_error);
  const ::Window handle = glfwGetX11Window(window);
  set_atoms(handle, "_NET_WM_WINDOW_TYPE", {atom("_NET_WM_WINDOW_TYPE_UTILITY")});
  set_atoms(handle, "_NET_WM_STATE",
            {atom("_NET_WM_STATE_ABOVE"), atom("_NET_WM_STATE_SKIP_TASKBAR"),
             atom("_NET_WM_STATE_SKIP_PAGER")});
}

void cut_corners(GLFWwindow* window, int width, int height, const BackdropShape& shape) {
  Image image(width, height);
  draw_backdrop(image.surface(), shape, dark_theme());
  const auto row_bytes = static_cast<std::size_t>((width + 7) / 8);
  std::vector<char> bits(row_bytes * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      if (image.at(x, y) >> 24 > 127) {
        char& byte =
            bits[static_cast<std::size_t>(y) * row_bytes + static_cast<std::size_t>(x / 8)];
        byte = static_cast<char>(byte | (1 << (x % 8)));
      }
  const ::Window handle = glfwGetX11Window(window);
  const Pixmap mask = XCreateBitmapFromData(
      display(), handle, bits.data(), static_cast<unsigned>(width), static_cast<unsigned>(height));
  XShapeCombineMask(display(), handle, ShapeBounding, 0, 0, mask, ShapeSet);
  XFreePixmap(display(), mask);
}

void take_keyboard(GLFWwindow* window) {
  XSetInputFocus(display(), glfwGetX11Window(window), RevertToParent, CurrentTime);
}

bool has_keyboard(GLFWwindow* window) {
  ::Window focused = None;
  int revert = 0;
  XGetInputFocus(display(), &focused, &revert);
  return focused == glfwGetX11Window(window);
}

bool claim(GLFWwindow* window) {
  XGrabServer(display());  // nobody comes between the look and the act
  const ::Window owner = XGetSelectionOwner(display(), place());
  const bool free = owner == None || !is_alive(owner);
  if (free)
    XSetSelectionOwner(display(), place(), glfwGetX11Window(window), CurrentTime);
  else
    ask_to_close(owner);
  XUngrabServer(display());
  XSync(display(), False);
  return free;
}

void release(GLFWwindow* window) {
  if (XGetSelectionOwner(display(), place()) != glfwGetX11Window(window)) return;
  XSetSelectionOwner(display(), place(), None, CurrentTime);
}

std::unique_ptr<Renderer> make_raster(GLFWwindow* window, int width, int height,
                                      const CoverageTexture& fonts) {
  return std::make_unique<X11Raster>(display(), glfwGetX11Window(window), width, height, fonts);
}

}  // namespace lull::ui::native
