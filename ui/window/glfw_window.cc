// SPDX-License-Identifier: MIT
#include <cmath>
#include <utility>

#include <GLFW/glfw3.h>

#include "ui/window/gl_renderer.h"
#include "ui/window/glfw_keys.h"
#include "ui/window/glfw_screen.h"

namespace lull::ui {
namespace {

class GlfwWindow final : public Window {
 public:
  GlfwWindow(Native& native, GLFWwindow* window, const WindowRequest& request);
  ~GlfwWindow() override;
  GlfwWindow(const GlfwWindow&) = delete;
  GlfwWindow& operator=(const GlfwWindow&) = delete;

  bool claim() override { return claimed_ = native_.claim(window_); }
  base::Result<std::unique_ptr<Renderer>> make_renderer(const CoverageTexture& fonts) override;
  Pixels pixels() const override;
  void show() override;
  std::vector<int> descriptors() const override { return native_.descriptors(); }
  bool has_events() const override { return native_.has_events(); }
  bool repeats_a_key() const override { return held_key_ >= 0 && !native_.sends_repeats(); }
  Happened take_events(const std::function<void(const InputEvent&)>& take) override;

 private:
  void listen();
  void pointer_moved(double x, double y);
  void focus_changed(bool focused);
  void button(int button, bool down);
  void key(int key, int scancode, int action, int modifiers);
  static GlfwWindow& of(GLFWwindow* window) {
    return *static_cast<GlfwWindow*>(glfwGetWindowUserPointer(window));
  }

  Native& native_;
  GLFWwindow* const window_;
  const WindowRequest request_;
  // GLFW calls back from within its polling; what came is handed over afterwards.
  std::vector<InputEvent> arrived_;
  Happened happened_;
  int held_key_ = -1;  // scancode of the last one that was pressed and is still
  bool claimed_ = false, shown_ = false, had_keyboard_ = false, focus_left_ = false;
};

GlfwWindow::GlfwWindow(Native& native, GLFWwindow* window, const WindowRequest& request)
    : native_(native), window_(window), request_(request) {
  if (!request.transparent)
    native_.cut_corners(window, request.frame.width, request.frame.height, request.shape);
  listen();
}

GlfwWindow::~GlfwWindow() {
  if (claimed_) native_.release(window_);
  glfwDestroyWindow(window_);
}

void GlfwWindow::listen() {
  glfwSetWindowUserPointer(window_, this);
  glfwSetWindowRefreshCallback(window_, [](GLFWwindow* w) { of(w).happened_.exposed = true; });
  glfwSetWindowCloseCallback(window_, [](GLFWwindow* w) { of(w).happened_.closed = true; });
  glfwSetWindowFocusCallback(window_, [](GLFWwindow* w, int on) { of(w).focus_changed(on != 0); });
  glfwSetCursorPosCallback(window_,
                           [](GLFWwindow* w, double x, double y) { of(w).pointer_moved(x, y); });
  glfwSetCursorEnterCallback(window_, [](GLFWwindow* w, int entered) {
    if (entered == 0) of(w).arrived_.push_back({InputEvent::Kind::kPointerLeft});
  });
  glfwSetMouseButtonCallback(window_, [](GLFWwindow* w, int which, int action, int) {
    of(w).button(which, action == GLFW_PRESS);
  });
  glfwSetScrollCallback(window_, [](GLFWwindow* w, double, double y) {
    of(w).arrived_.push_back({InputEvent::Kind::kWheel, 0, static_cast<float>(y)});
  });
  glfwSetKeyCallback(window_, [](GLFWwindow* w, int key, int scancode, int action, int modifiers) {
    of(w).key(key, scancode, action, modifiers);
  });
  glfwSetCharCallback(window_, [](GLFWwindow* w, unsigned codepoint) {
    InputEvent typed{InputEvent::Kind::kText};
    typed.text = utf8_of(codepoint);
    if (!typed.text.empty()) of(w).arrived_.push_back(std::move(typed));
  });
}

void GlfwWindow::pointer_moved(double x, double y) {
  const double scale = pixels().per_unit;
  arrived_.push_back(
      {InputEvent::Kind::kPointer, static_cast<float>(x * scale), static_cast<float>(y * scale)});
}

// Messages about the focus may be of a window on the way to it, or old; what counts is who has it.
void GlfwWindow::focus_changed(bool focused) {
  if (focused) had_keyboard_ = had_keyboard_ || native_.has_keyboard(window_);
  focus_left_ = !focused;
  if (focus_left_) held_key_ = -1;
}

void GlfwWindow::button(int button, bool down) {
  if (button != GLFW_MOUSE_BUTTON_LEFT) return;
  InputEvent press{InputEvent::Kind::kButton};
  press.down = down;
  arrived_.push_back(press);
}

void GlfwWindow::key(int key, int scancode, int action, int modifiers) {
  InputEvent pressed{InputEvent::Kind::kKey};
  pressed.down = action != GLFW_RELEASE;
  if (pressed.down) held_key_ = scancode;
  if (!pressed.down && held_key_ == scancode) held_key_ = -1;
  pressed.key = key_of(key, scancode);
  pressed.shift = (modifiers & GLFW_MOD_SHIFT) != 0;
  pressed.control = (modifiers & GLFW_MOD_CONTROL) != 0;
  arrived_.push_back(pressed);
}

base::Result<std::unique_ptr<Renderer>> GlfwWindow::make_renderer(const CoverageTexture& fonts) {
  const Pixels size = pixels();
  if (request_.renderer == RendererKind::kRaster)
    return native_.make_raster(window_, size.width, size.height, fonts);
  return make_gl_renderer(window_, size.width, size.height);
}

// Where programs place their windows they have the size that was asked for. Scales are told in
// 120ths, and a picture has whole pixels.
Window::Pixels GlfwWindow::pixels() const {
  Pixels size{request_.frame.width, request_.frame.height, 1};
  if (native_.places_windows()) return size;
  int units = 0;
  glfwGetWindowSize(window_, &units, nullptr);
  glfwGetFramebufferSize(window_, &size.width, &size.height);
  if (units > 0) size.per_unit = std::round(size.width * 120.0 / units) / 120;
  return size;
}

void GlfwWindow::show() {
  if (std::exchange(shown_, true)) return;
  glfwShowWindow(window_);
  native_.take_keyboard(window_);  // without a window manager nobody else gives it to us
}

Window::Happened GlfwWindow::take_events(const std::function<void(const InputEvent&)>& take) {
  glfwPollEvents();
  // Not within the message: where a keyboard is plugged in or out, Wayland's focus comes right
  // back.
  if (std::exchange(focus_left_, false) && had_keyboard_ && !native_.has_keyboard(window_))
    arrived_.push_back({InputEvent::Kind::kFocusLost});
  if (native_.was_asked_to_close()) happened_.closed = true;
  for (const InputEvent& event : std::exchange(arrived_, {})) take(event);
  return std::exchange(happened_, {});
}

void give_hints(const WindowRequest& request) {
  glfwDefaultWindowHints();
  for (const int off : {GLFW_DECORATED, GLFW_RESIZABLE, GLFW_VISIBLE}) glfwWindowHint(off, 0);
  for (const int on : {GLFW_FLOATING, GLFW_FOCUS_ON_SHOW}) glfwWindowHint(on, 1);
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "Lull");
  glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "lull-popover");
  if (request.renderer == RendererKind::kGl)
    give_gl_hints(request.transparent);
  else
    glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
}

}  // namespace

base::Result<std::unique_ptr<Window>> open_window(Screen& screen, const WindowRequest& request) {
  Native& native = static_cast<GlfwScreen&>(screen).native();
  give_hints(request);
  GLFWwindow* const window = native.make_window(request);
  if (window == nullptr)
    return base::fail(base::ErrorCode::kUnavailable, "there is no window: " + glfw_complaint());
  return std::make_unique<GlfwWindow>(native, window, request);
}

}  // namespace lull::ui
