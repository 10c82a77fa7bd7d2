// SPDX-License-Identifier: MIT
#include <string>

#include <GLFW/glfw3.h>
#include <wayland-client.h>

#include "core/base/environment.h"
#include "ui/window/glfw_library.h"
#include "ui/window/native.h"
#include "ui/window/popover_place.h"
#include "ui/window/wayland_raster.h"

namespace lull::ui {
namespace {

std::string runtime_folder() {
  const auto directories = base::find_user_directories();
  return directories ? directories->runtime_dir + "/lull" : "";
}

// The compositor decides where a window is and who has the keyboard, and shows every transparency.
class OnWayland final : public Native {
 public:
  explicit OnWayland(wl_display* display)
      : display_(display),
        place_(runtime_folder(), base::process_environment("WAYLAND_DISPLAY").value_or("")) {}

  bool places_windows() const override { return false; }
  std::optional<Point> pointer() override { return std::nullopt; }
  bool has_compositor() override { return true; }
  std::vector<int> descriptors() const override;
  bool has_events() const override;

  GLFWwindow* make_window(const WindowRequest& request) override;
  void cut_corners(GLFWwindow*, int, int, const BackdropShape&) override {}
  void take_keyboard(GLFWwindow*) override {}
  bool has_keyboard(GLFWwindow* window) override {
    return glfwGetWindowAttrib(window, GLFW_FOCUSED) != 0;
  }
  bool sends_repeats() const override { return false; }

  bool claim(GLFWwindow*) override { return place_.claim(); }
  void release(GLFWwindow*) override { place_.release(); }
  bool was_asked_to_close() override { return place_.was_asked(); }

  base::Result<std::unique_ptr<Renderer>> make_raster(GLFWwindow* window, int width, int height,
                                                      const CoverageTexture& fonts) override;

 private:
  wl_display* const display_;
  PopoverPlace place_;
};

std::vector<int> OnWayland::descriptors() const {
  std::vector<int> found{wl_display_get_fd(display_)};
  if (place_.descriptor() >= 0) found.push_back(place_.descriptor());
  return found;
}

bool OnWayland::has_events() const {
  if (wl_display_prepare_read(display_) != 0) return true;
  wl_display_cancel_read(display_);
  return false;
}

GLFWwindow* OnWayland::make_window(const WindowRequest& request) {
  // Else GLFW tells the compositor that nothing shines through.
  glfwWindowHint(GLFW_TRANSPARENT_FRAMEBUFFER, request.transparent ? GLFW_TRUE : GLFW_FALSE);
  glfwWindowHintString(kGlfwWaylandAppId, "org.lull.Lull");
  const auto [x, y, width, height] = request.frame;
  GLFWwindow* const window = glfwCreateWindow(width, height, "Lull", nullptr, nullptr);
  // Before 3.4 GLFW does not say that its size stays; a tiling compositor then lets it float.
  if (window != nullptr) glfwSetWindowSizeLimits(window, width, height, width, height);
  return window;
}

base::Result<std::unique_ptr<Renderer>> OnWayland::make_raster(GLFWwindow* window, int width,
                                                               int height,
                                                               const CoverageTexture& fonts) {
  const auto surface_of = glfw_function<wl_surface*(GLFWwindow*)>("glfwGetWaylandWindow");
  return WaylandRaster::make(window, display_, surface_of(window), width, height, fonts);
}

}  // namespace

namespace native {

const bool kKnowsWayland = true;

std::unique_ptr<Native> on_wayland() {
  const auto display_of_glfw = glfw_function<wl_display*()>("glfwGetWaylandDisplay");
  wl_display* const display = display_of_glfw == nullptr ? nullptr : display_of_glfw();
  return display == nullptr ? nullptr : std::make_unique<OnWayland>(display);
}

}  // namespace native
}  // namespace lull::ui
