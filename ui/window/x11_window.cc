// SPDX-License-Identifier: MIT
// Xlib rather than GLFW: GLFW gives a window without OpenGL the default visual, which has no
// transparency, and its wait cannot watch our sockets too.
#include <algorithm>
#include <array>
#include <utility>

#include "ui/theme.h"
#include "ui/window/x11_image.h"
#include "ui/window/x11_screen.h"

namespace lull::ui {
namespace {

constexpr long kEvents = ExposureMask | ButtonPressMask | ButtonReleaseMask | PointerMotionMask |
                         LeaveWindowMask | KeyPressMask | KeyReleaseMask | FocusChangeMask |
                         StructureNotifyMask;

struct KeyName {
  KeySym symbol;
  Key key;
};
constexpr std::array kKeys = {
    KeyName{XK_Escape, Key::kEscape},
    KeyName{XK_Tab, Key::kTab},
    KeyName{XK_ISO_Left_Tab, Key::kTab},
    KeyName{XK_Return, Key::kEnter},
    KeyName{XK_KP_Enter, Key::kEnter},
    KeyName{XK_space, Key::kSpace},
    KeyName{XK_Up, Key::kUp},
    KeyName{XK_Down, Key::kDown},
    KeyName{XK_Left, Key::kLeft},
    KeyName{XK_Right, Key::kRight},
    KeyName{XK_Home, Key::kHome},
    KeyName{XK_End, Key::kEnd},
    KeyName{XK_Page_Up, Key::kPageUp},
    KeyName{XK_Page_Down, Key::kPageDown},
    KeyName{XK_BackSpace, Key::kBackspace},
    KeyName{XK_Delete, Key::kDelete},
    KeyName{XK_a, Key::kA},
    KeyName{XK_c, Key::kC},
    KeyName{XK_v, Key::kV},
    KeyName{XK_x, Key::kX},
    KeyName{XK_z, Key::kZ},
};

Key key_of(KeySym symbol) {
  const auto found = std::find_if(kKeys.begin(), kKeys.end(),
                                  [&](const KeyName& name) { return name.symbol == symbol; });
  return found == kKeys.end() ? Key::kNone : found->key;
}

// XLookupString speaks Latin-1.
std::string utf8_of_latin1(const char* bytes, int count) {
  std::string text;
  for (int at = 0; at < count; ++at) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    if (byte < 0x20 || byte == 0x7f) continue;
    if (byte >= 0x80) {
      text += static_cast<char>(0xc0 | (byte >> 6));
      text += static_cast<char>(0x80 | (byte & 0x3f));
    } else {
      text += static_cast<char>(byte);
    }
  }
  return text;
}

class X11Window final : public Window {
 public:
  X11Window(X11Screen& screen, const WindowRequest& request);
  ~X11Window() override;

  Surface surface() override { return image_->surface(); }
  void present() override;
  int descriptor() const override { return ConnectionNumber(display_); }
  bool has_events() const override { return XEventsQueued(display_, QueuedAlready) > 0; }
  Happened take_events(const std::function<void(const InputEvent&)>& take) override;

 private:
  using Take = std::function<void(const InputEvent&)>;
  void create(const WindowRequest& request);
  void describe(const WindowRequest& request);
  void cut_corners(const WindowRequest& request);
  void take_event(XEvent& event, const Take& take, Happened& happened);
  void take_button(const XButtonEvent& event, const Take& take) const;
  void take_key(XKeyEvent& event, const Take& take) const;
  void take_focus(const XFocusChangeEvent& event, const Take& take);

  X11Screen& screen_;
  Display* const display_;
  Visual* visual_ = nullptr;
  int depth_ = 0;
  Colormap colors_ = None;
  ::Window window_ = None;
  GC context_ = nullptr;
  std::unique_ptr<X11Image> image_;
  Atom delete_, close_;
  bool mapped_ = false, had_focus_ = false;
};

X11Window::X11Window(X11Screen& screen, const WindowRequest& request)
    : screen_(screen),
      display_(screen.display()),
      delete_(screen.atom("WM_DELETE_WINDOW")),
      close_(screen.atom("_LULL_CLOSE")) {
  create(request);
  describe(request);
  if (!request.transparent) cut_corners(request);
  image_ = std::make_unique<X11Image>(display_, visual_, depth_, request.frame.width,
                                      request.frame.height);
  context_ = XCreateGC(display_, window_, 0, nullptr);
  XSetSelectionOwner(display_, screen.selection(), window_, CurrentTime);
}

void X11Window::create(const WindowRequest& request) {
  visual_ = DefaultVisual(display_, screen_.number());
  depth_ = DefaultDepth(display_, screen_.number());
  XVisualInfo info{};
  if (request.transparent &&
      XMatchVisualInfo(display_, screen_.number(), 32, TrueColor, &info) != 0) {
    visual_ = info.visual;
    depth_ = 32;
  }
  colors_ = XCreateColormap(display_, screen_.root(), visual_, AllocNone);
  XSetWindowAttributes attributes{};
  attributes.colormap = colors_;
  attributes.border_pixel = 0;
  attributes.background_pixmap = None;  // nothing is shown before the first picture
  attributes.event_mask = kEvents;
  attributes.bit_gravity = NorthWestGravity;
  window_ = XCreateWindow(
      display_, screen_.root(), request.frame.x, request.frame.y,
      static_cast<unsigned>(request.frame.width), static_cast<unsigned>(request.frame.height), 0,
      depth_, InputOutput, visual_,
      CWColormap | CWBorderPixel | CWBackPixmap | CWEventMask | CWBitGravity, &attributes);
}

// What window managers want to know (ICCCM, EWMH 1.5, Motif's hints).
void X11Window::describe(const WindowRequest& request) {
  XStoreName(display_, window_, "Lull");
  char name[] = "lull-popover", kind[] = "Lull";
  XClassHint names{name, kind};
  XSetClassHint(display_, window_, &names);
  XSizeHints size{};
  size.flags = USPosition | PPosition | PMinSize | PMaxSize;
  size.x = request.frame.x;
  size.y = request.frame.y;
  size.min_width = size.max_width = request.frame.width;
  size.min_height = size.max_height = request.frame.height;
  XSetWMNormalHints(display_, window_, &size);
  XSetWMProtocols(display_, window_, &delete_, 1);
  const auto set_atoms = [&](const char* property, std::vector<Atom> atoms) {
    XChangeProperty(display_, window_, screen_.atom(property), XA_ATOM, 32, PropModeReplace,
                    reinterpret_cast<const unsigned char*>(atoms.data()),
                    static_cast<int>(atoms.size()));
  };
  set_atoms("_NET_WM_WINDOW_TYPE", {screen_.atom("_NET_WM_WINDOW_TYPE_UTILITY")});
  set_atoms("_NET_WM_STATE",
            {screen_.atom("_NET_WM_STATE_ABOVE"), screen_.atom("_NET_WM_STATE_SKIP_TASKBAR"),
             screen_.atom("_NET_WM_STATE_SKIP_PAGER")});
  const std::array<long, 5> plain = {2, 0, 0, 0, 0};  // MWM_HINTS_DECORATIONS: none
  const Atom motif = screen_.atom("_MOTIF_WM_HINTS");
  XChangeProperty(display_, window_, motif, motif, 32, PropModeReplace,
                  reinterpret_cast<const unsigned char*>(plain.data()), 5);
}

// Without a compositor: the mask of the same shape that would be drawn.
void X11Window::cut_corners(const WindowRequest& request) {
  const int width = request.frame.width, height = request.frame.height;
  Image image(width, height);
  draw_backdrop(image.surface(), request.shape, dark_theme());
  const auto row_bytes = static_cast<std::size_t>((width + 7) / 8);
  std::vector<char> bits(row_bytes * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      if (image.at(x, y) >> 24 > 127) {
        char& byte =
            bits[static_cast<std::size_t>(y) * row_bytes + static_cast<std::size_t>(x / 8)];
        byte = static_cast<char>(byte | (1 << (x % 8)));
      }
  const Pixmap mask = XCreateBitmapFromData(
      display_, window_, bits.data(), static_cast<unsigned>(width), static_cast<unsigned>(height));
  XShapeCombineMask(display_, window_, ShapeBounding, 0, 0, mask, ShapeSet);
  XFreePixmap(display_, mask);
}

X11Window::~X11Window() {
  image_.reset();
  if (context_ != nullptr) XFreeGC(display_, context_);
  XDestroyWindow(display_, window_);
  XFreeColormap(display_, colors_);
  XSync(display_, False);
}

void X11Window::present() {
  if (!std::exchange(mapped_, true)) XMapRaised(display_, window_);
  image_->put(window_, context_);
}

Window::Happened X11Window::take_events(const Take& take) {
  Happened happened;
  while (XPending(display_) > 0) {
    XEvent event;
    XNextEvent(display_, &event);
    take_event(event, take, happened);
  }
  return happened;
}

void X11Window::take_event(XEvent& event, const Take& take, Happened& happened) {
  switch (event.type) {
    case Expose:
      happened.exposed = true;
      return;
    case MapNotify:
      // Without a window manager nobody else gives us the keyboard.
      XSetInputFocus(display_, window_, RevertToParent, CurrentTime);
      happened.exposed = true;
      return;
    case MotionNotify:
      return take({InputEvent::Kind::kPointer, static_cast<float>(event.xmotion.x),
                   static_cast<float>(event.xmotion.y)});
    case LeaveNotify:
      if (event.xcrossing.mode == NotifyNormal) take({InputEvent::Kind::kPointerLeft});
      return;
    case ButtonPress:
    case ButtonRelease:
      return take_button(event.xbutton, take);
    case KeyPress:
    case KeyRelease:
      return take_key(event.xkey, take);
    case FocusIn:
    case FocusOut:
      return take_focus(event.xfocus, take);
    case ClientMessage:
      if (event.xclient.message_type == close_ ||
          static_cast<Atom>(event.xclient.data.l[0]) == delete_)
        happened.closed = true;
      return;
    case SelectionClear:
    case DestroyNotify:
      happened.closed = true;
      return;
    default:
      return;
  }
}

void X11Window::take_button(const XButtonEvent& event, const Take& take) const {
  const bool down = event.type == ButtonPress;
  const auto x = static_cast<float>(event.x), y = static_cast<float>(event.y);
  if (event.button == Button4 || event.button == Button5) {
    if (down) take({InputEvent::Kind::kWheel, 0, event.button == Button4 ? 1.0F : -1.0F});
    return;
  }
  if (event.button != Button1) return;
  take({InputEvent::Kind::kPointer, x, y});
  InputEvent press{InputEvent::Kind::kButton, x, y};
  press.down = down;
  take(press);
}

void X11Window::take_key(XKeyEvent& event, const Take& take) const {
  InputEvent pressed{InputEvent::Kind::kKey};
  pressed.down = event.type == KeyPress;
  pressed.key = key_of(XLookupKeysym(&event, 0));
  pressed.shift = (event.state & ShiftMask) != 0;
  pressed.control = (event.state & ControlMask) != 0;
  take(pressed);
  if (!pressed.down || pressed.control || (event.state & Mod1Mask) != 0) return;
  std::array<char, 32> bytes{};
  const int count =
      XLookupString(&event, bytes.data(), static_cast<int>(bytes.size()), nullptr, nullptr);
  InputEvent typed{InputEvent::Kind::kText};
  typed.text = utf8_of_latin1(bytes.data(), count);
  if (!typed.text.empty()) take(typed);
}

// A grab (a menu, the window manager's own keys) is no loss.
void X11Window::take_focus(const XFocusChangeEvent& event, const Take& take) {
  if (event.mode == NotifyGrab || event.mode == NotifyUngrab) return;
  if (event.detail == NotifyPointer || event.detail == NotifyInferior) return;
  if (event.type == FocusIn) {
    had_focus_ = true;
  } else if (had_focus_) {
    take({InputEvent::Kind::kFocusLost});
  }
}

}  // namespace

base::Result<std::unique_ptr<Window>> open_window(Screen& screen, const WindowRequest& request) {
  return std::make_unique<X11Window>(static_cast<X11Screen&>(screen), request);
}

}  // namespace lull::ui
