// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include "ui/draw/raster.h"
#include "ui/draw/surface.h"

struct ImDrawData;

namespace lull::ui {

enum class RendererKind : std::uint8_t {
  kRaster,  // on the CPU: maps no driver, shows sooner, a tenth of the memory
  kGl,      // OpenGL 3
};

// Puts pictures into one window. Both bodies give the same picture, but for rounding.
class Renderer {
 public:
  virtual ~Renderer() = default;
  // Lies behind every frame from now on; of the window's size.
  virtual void use_backdrop(Image backdrop) = 0;
  // A frame, not shown yet.
  virtual void draw(const ImDrawData& data) = 0;
  // Shows what was drawn.
  virtual void present() = 0;
};

}  // namespace lull::ui
