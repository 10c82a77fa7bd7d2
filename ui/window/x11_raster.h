// SPDX-License-Identifier: MIT
#pragma once
#include <utility>

#include "ui/window/renderer.h"
#include "ui/window/x11_image.h"

namespace lull::ui {

// Draws on the CPU into memory that the X server shows. Private to the X11 window.
class X11Raster final : public Renderer {
 public:
  X11Raster(Display* display, ::Window window, int width, int height, const CoverageTexture& fonts);
  ~X11Raster() override;
  X11Raster(const X11Raster&) = delete;
  X11Raster& operator=(const X11Raster&) = delete;

  void use_backdrop(Image backdrop) override { backdrop_ = std::move(backdrop); }
  void draw(const ImDrawData& data) override;
  void present() override;

 private:
  Display* const display_;
  const ::Window window_;
  const CoverageTexture fonts_;
  GC context_;
  X11Image image_;
  Image backdrop_;
};

}  // namespace lull::ui
