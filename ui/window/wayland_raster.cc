// SPDX-License-Identifier: MIT
#include "ui/window/wayland_raster.h"

#include <limits>

#include <GLFW/glfw3.h>
#include <wayland-client.h>

namespace lull::ui {

base::Result<std::unique_ptr<Renderer>> WaylandRaster::make(GLFWwindow* window, wl_display* display,
                                                            wl_surface* surface, int width,
                                                            int height,
                                                            const CoverageTexture& fonts) {
  std::unique_ptr<WaylandRaster> made(new WaylandRaster(window, display, surface, fonts));
  auto shm = WaylandShm::bind(display);
  if (!shm) return tl::unexpected(std::move(shm).error());
  made->shm_ = *std::move(shm);
  auto picture = WaylandBuffer::make(*made->shm_, width, height);
  if (!picture) return tl::unexpected(std::move(picture).error());
  made->front_ = *std::move(picture);
  made->width_ = width;
  made->height_ = height;
  return made;
}

// If the compositor reads both, or there is no memory for another, it is shown half a frame for
// once rather than waited for.
WaylandBuffer& WaylandRaster::choose() {
  shm_->take_events();
  if (!front_->is_lent()) return *front_;
  if (!back_)
    if (auto made = WaylandBuffer::make(*shm_, width_, height_)) back_ = *std::move(made);
  if (back_) std::swap(front_, back_);
  return *front_;
}

void WaylandRaster::draw(const ImDrawData& data) {
  const Surface target = choose().surface();
  copy_pixels(target, backdrop_.surface());
  draw_on(target, fonts_, data);
}

void WaylandRaster::present() {
  if (glfwGetWindowAttrib(window_, GLFW_VISIBLE) == 0) return;
  constexpr std::int32_t kAll = std::numeric_limits<std::int32_t>::max();
  wl_surface_attach(surface_, front_->lend(), 0, 0);
  wl_surface_damage(surface_, 0, 0, kAll, kAll);
  wl_surface_commit(surface_);
  wl_display_flush(display_);
}

}  // namespace lull::ui
