// SPDX-License-Identifier: MIT
#include <utility>

#include <GLFW/glfw3.h>

#include "ui/window/gl_renderer.h"
#include "ui/window/glfw_keys.h"
#include "ui/window/glfw_screen.h"
#include "ui/window/native.h"

namespace lull::ui {
namespace {

class GlfwWindow final : public Window {
 public:
  GlfwWindow(GLFWwindow* window, const WindowRequest& request);
  ~GlfwWindow() override;
  GlfwWindow(const GlfwWindow&) = delete;
  GlfwWindow& operator=(const GlfwWindow&) = delete;

  bool claim() override { return claimed_ = native::claim(window_); }
  base::Result<std::unique_ptr<Renderer>> make_renderer(const CoverageTexture& fonts) override;
  void show() override;
  int descriptor() const override { return native::descriptor(); }
  bool has_events() const override { return native::has_events(); }
  Happened take_events(const std::function<void(const InputEvent&)>& take) override;

 private:
  void listen();
  void focus_changed(bool focused);
  void button(int button, bool down);
  void key(int key, int scancode, int action, int modifiers);
  static GlfwWindow& of(GLFWwindow* window) {
    return *static_cast<GlfwWindow*>(glfwGetWindowUserPointer(window));
  }

  GLFWwindow* const window_;
  const WindowRequest request_;
  // GLFW calls back from within its polling; what came is handed over afterwards.
  std::vector<InputEvent> arrived_;
  Happened happened_;
  Point pointer_;
  bool claimed_ = false, shown_ = false, had_keyboard_ = false;
};

GlfwWindow::GlfwWindow(GLFWwindow* window, const WindowRequest& request)
    : window_(window), request_(request) {
  native::describe(window);
  if (!request.transparent)
    native::cut_corners(window, request.frame.width, request.frame.height, request.shape);
  glfwSetWindowPos(window, request.frame.x, request.frame.y);
  listen();
}

GlfwWindow::~GlfwWindow() {
  if (claimed_) native::release(window_);
  glfwDestroyWindow(window_);
}

void GlfwWindow::listen() {
  glfwSetWindowUserPointer(window_, this);
  glfwSetWindowRefreshCallback(window_, [](GLFWwindow* w) { of(w).happened_.exposed = true; });
  glfwSetWindowCloseCallback(window_, [](GLFWwindow* w) { of(w).happened_.closed = true; });
  glfwSetWindowFocusCallback(window_, [](GLFWwindow* w, int on) { of(w).focus_changed(on != 0); });
  glfwSetCursorPosCallback(window_, [](GLFWwindow* w, double x, double y) {
    of(w).arrived_.push_back(
        {InputEvent::Kind::kPointer, static_cast<float>(x), static_cast<float>(y)});
  });
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

// Messages about the focus may be of a window on the way to it, or old; what counts is who has it.
void GlfwWindow::focus_changed(bool focused) {
  const bool has = native::has_keyboard(window_);
  if (focused) {
    had_keyboard_ = had_keyboard_ || has;
  } else if (had_keyboard_ && !has) {
    arrived_.push_back({InputEvent::Kind::kFocusLost});
  }
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
  pressed.key = key_of(key, scancode);
  pressed.shift = (modifiers & GLFW_MOD_SHIFT) != 0;
  pressed.control = (modifiers & GLFW_MOD_CONTROL) != 0;
  arrived_.push_back(pressed);
}

base::Result<std::unique_ptr<Renderer>> GlfwWindow::make_renderer(const CoverageTexture& fonts) {
  const int width = request_.frame.width, height = request_.frame.height;
  if (request_.renderer == RendererKind::kRaster)
    return native::make_raster(window_, width, height, fonts);
  return make_gl_renderer(window_, width, height);
}

void GlfwWindow::show() {
  if (std::exchange(shown_, true)) return;
  glfwShowWindow(window_);
  native::take_keyboard(window_);  // without a window manager nobody else gives it to us
}

Window::Happened GlfwWindow::take_events(const std::function<void(const InputEvent&)>& take) {
  glfwPollEvents();
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

base::Result<std::unique_ptr<Window>> open_window(Screen&, const WindowRequest& request) {
  give_hints(request);
  const native::TransparentWindows alpha(request.transparent &&
                                         request.renderer == RendererKind::kRaster);
  GLFWwindow* const window =
      glfwCreateWindow(request.frame.width, request.frame.height, "Lull", nullptr, nullptr);
  if (window == nullptr)
    return base::fail(base::ErrorCode::kUnavailable, "there is no window: " + glfw_complaint());
  return std::make_unique<GlfwWindow>(window, request);
}

}  // namespace lull::ui
