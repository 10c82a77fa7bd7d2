// SPDX-License-Identifier: MIT
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include <GLFW/glfw3.h>

#include "ui/theme.h"
#include "ui/window/glfw_library.h"
#include "ui/window/native.h"
#include "ui/window/x11_raster.h"

namespace lull::ui {
namespace {

// Errors of requests whose answer we check, or that a window which just went away makes, are no
// reason to end; Xlib's own handler would. GLFW puts that one back when it has used its own.
int ignore_error(Display*, XErrorEvent*) { return 0; }

// GLFW gives a window without OpenGL the screen's default visual (x11_window.c), which has no
// alpha, and reads it from the connection's own record of the screen, which is ours too: while this
// lives that record names the visual with alpha. The colormap and the border, without which X
// refuses another visual than the parent's, GLFW makes to fit.
class TransparentWindows {
 public:
  TransparentWindows(Display* display, bool wanted)
      : screen_(DefaultScreenOfDisplay(display)),
        visual_(screen_->root_visual),
        depth_(screen_->root_depth) {
    XVisualInfo info{};
    if (!wanted || XMatchVisualInfo(display, DefaultScreen(display), 32, TrueColor, &info) == 0)
      return;
    screen_->root_visual = info.visual;
    screen_->root_depth = info.depth;
  }
  ~TransparentWindows() {
    screen_->root_visual = visual_;
    screen_->root_depth = depth_;
  }
  TransparentWindows(const TransparentWindows&) = delete;
  TransparentWindows& operator=(const TransparentWindows&) = delete;

 private:
  ::Screen* const screen_;
  Visual* const visual_;
  const int depth_;
};

class OnX11 final : public Native {
 public:
  explicit OnX11(Display* display) : display_(display) { XSetErrorHandler(ignore_error); }

  bool places_windows() const override { return true; }
  std::optional<Point> pointer() override;
  bool has_compositor() override {
    return XGetSelectionOwner(display_, of_screen("_NET_WM_CM_S")) != None;
  }
  std::vector<int> descriptors() const override { return {ConnectionNumber(display_)}; }
  bool has_events() const override { return XEventsQueued(display_, QueuedAlready) > 0; }

  GLFWwindow* make_window(const WindowRequest& request) override;
  void cut_corners(GLFWwindow* window, int width, int height, const BackdropShape& shape) override;
  void take_keyboard(GLFWwindow* window) override {
    XSetInputFocus(display_, handle_of_(window), RevertToParent, CurrentTime);
  }
  bool has_keyboard(GLFWwindow* window) override;
  bool sends_repeats() const override { return true; }

  bool claim(GLFWwindow* window) override;
  void release(GLFWwindow* window) override;
  bool was_asked_to_close() override { return false; }  // it is, as by a window manager

  base::Result<std::unique_ptr<Renderer>> make_raster(GLFWwindow* window, int width, int height,
                                                      const CoverageTexture& fonts) override {
    return std::make_unique<X11Raster>(display_, handle_of_(window), width, height, fonts);
  }

 private:
  Atom atom(const std::string& name) const { return XInternAtom(display_, name.c_str(), False); }
  Atom of_screen(const char* prefix) const {
    return atom(prefix + std::to_string(DefaultScreen(display_)));
  }
  // The selection whose owner is the popover that is shown.
  Atom place() const { return of_screen("_LULL_POPOVER_S"); }
  void set_atoms(::Window window, const char* property, std::vector<Atom> atoms);
  void describe(::Window window);
  void ask_to_close(::Window window);
  bool is_alive(::Window window);

  Display* const display_;
  ::Window (*const handle_of_)(GLFWwindow*) =
      glfw_function<::Window(GLFWwindow*)>("glfwGetX11Window");
};

void OnX11::set_atoms(::Window window, const char* property, std::vector<Atom> atoms) {
  XChangeProperty(display_, window, atom(property), XA_ATOM, 32, PropModeReplace,
                  reinterpret_cast<const unsigned char*>(atoms.data()),
                  static_cast<int>(atoms.size()));
}

// EWMH 1.5: what kind of window it is. What GLFW's hints say is set already: no decoration, above
// others.
void OnX11::describe(::Window window) {
  XSetErrorHandler(ignore_error);
  set_atoms(window, "_NET_WM_WINDOW_TYPE", {atom("_NET_WM_WINDOW_TYPE_UTILITY")});
  set_atoms(window, "_NET_WM_STATE",
            {atom("_NET_WM_STATE_ABOVE"), atom("_NET_WM_STATE_SKIP_TASKBAR"),
             atom("_NET_WM_STATE_SKIP_PAGER")});
}

// As the window manager would ask it to (ICCCM 4.2.8.1).
void OnX11::ask_to_close(::Window window) {
  XEvent event{};
  event.xclient.type = ClientMessage;
  event.xclient.window = window;
  event.xclient.message_type = atom("WM_PROTOCOLS");
  event.xclient.format = 32;
  event.xclient.data.l[0] = static_cast<long>(atom("WM_DELETE_WINDOW"));
  event.xclient.data.l[1] = CurrentTime;
  XSendEvent(display_, window, False, NoEventMask, &event);
}

// The server may not have noticed yet that a client is gone, one that was killed for example: then
// its window is still there, but its process (_NET_WM_PID, which GLFW sets) is not.
bool OnX11::is_alive(::Window window) {
  Atom type = None;
  int format = 0;
  unsigned long count = 0, left = 0;
  unsigned char* bytes = nullptr;
  if (XGetWindowProperty(display_, window, atom("_NET_WM_PID"), 0, 1, False, XA_CARDINAL, &type,
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

std::optional<Point> OnX11::pointer() {
  ::Window at_root = None, child = None;
  int x = 0, y = 0, window_x = 0, window_y = 0;
  unsigned mask = 0;
  if (XQueryPointer(display_, DefaultRootWindow(display_), &at_root, &child, &x, &y, &window_x,
                    &window_y, &mask) == False)
    return std::nullopt;
  return Point{x, y};
}

GLFWwindow* OnX11::make_window(const WindowRequest& request) {
  const TransparentWindows alpha(display_,
                                 request.transparent && request.renderer == RendererKind::kRaster);
  GLFWwindow* const window =
      glfwCreateWindow(request.frame.width, request.frame.height, "Lull", nullptr, nullptr);
  if (window == nullptr) return nullptr;
  describe(handle_of_(window));
  glfwSetWindowPos(window, request.frame.x, request.frame.y);
  return window;
}

void OnX11::cut_corners(GLFWwindow* window, int width, int height, const BackdropShape& shape) {
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
  const ::Window handle = handle_of_(window);
  const Pixmap mask = XCreateBitmapFromData(
      display_, handle, bits.data(), static_cast<unsigned>(width), static_cast<unsigned>(height));
  XShapeCombineMask(display_, handle, ShapeBounding, 0, 0, mask, ShapeSet);
  XFreePixmap(display_, mask);
}

bool OnX11::has_keyboard(GLFWwindow* window) {
  ::Window focused = None;
  int revert = 0;
  XGetInputFocus(display_, &focused, &revert);
  return focused == handle_of_(window);
}

bool OnX11::claim(GLFWwindow* window) {
  XGrabServer(display_);  // nobody comes between the look and the act
  const ::Window owner = XGetSelectionOwner(display_, place());
  const bool free = owner == None || !is_alive(owner);
  if (free)
    XSetSelectionOwner(display_, place(), handle_of_(window), CurrentTime);
  else
    ask_to_close(owner);
  XUngrabServer(display_);
  XSync(display_, False);
  return free;
}

void OnX11::release(GLFWwindow* window) {
  if (XGetSelectionOwner(display_, place()) != handle_of_(window)) return;
  XSetSelectionOwner(display_, place(), None, CurrentTime);
}

}  // namespace

namespace native {

std::unique_ptr<Native> on_x11() {
  const auto display_of_glfw = glfw_function<Display*()>("glfwGetX11Display");
  Display* const display = display_of_glfw == nullptr ? nullptr : display_of_glfw();
  return display == nullptr ? nullptr : std::make_unique<OnX11>(display);
}

}  // namespace native
}  // namespace lull::ui
