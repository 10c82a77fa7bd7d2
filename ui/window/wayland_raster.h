// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <utility>

#include "ui/window/renderer.h"
#include "ui/window/wayland_shm.h"

struct GLFWwindow;
struct wl_surface;

namespace lull::ui {

// Draws on the CPU into memory that the compositor shows. A second picture is made only if the
// compositor still reads the first one when the next is due. Private to the Wayland window.
class WaylandRaster final : public Renderer {
 public:
  static base::Result<std::unique_ptr<Renderer>> make(GLFWwindow* window, wl_display* display,
                                                      wl_surface* surface, int width, int height,
                                                      const CoverageTexture& fonts);

  void use_backdrop(Image backdrop) override { backdrop_ = std::move(backdrop); }
  void draw(const ImDrawData& data) override;
  // Nothing before the compositor has agreed to the window: GLFW asks for a frame then.
  void present() override;

 private:
  WaylandRaster(GLFWwindow* window, wl_display* display, wl_surface* surface,
                const CoverageTexture& fonts)
      : window_(window), display_(display), surface_(surface), fonts_(fonts) {}
  WaylandBuffer& choose();

  GLFWwindow* const window_;
  wl_display* const display_;
  wl_surface* const surface_;
  const CoverageTexture fonts_;
  int width_ = 0, height_ = 0;
  std::unique_ptr<WaylandShm> shm_;
  std::unique_ptr<WaylandBuffer> front_,
      back_;  // shown or drawn last; the other one, if there is one
  Image backdrop_;
};

}  // namespace lull::ui
