// SPDX-License-Identifier: MIT
#include "ui/draw/spans.h"

#include <algorithm>

#include "ui/draw/surface.h"

namespace lull::ui {

void blend_solid(std::uint32_t* pixels, int count, std::uint32_t color) {
  const std::uint32_t alpha = color >> 24;
  if (alpha == 255) {
    std::fill_n(pixels, count, color);
    return;
  }
  if (color == 0) return;
  for (int at = 0; at < count; ++at) pixels[at] = color + scale_pixel(pixels[at], 255 - alpha);
}

void blend_fading(std::uint32_t* pixels, int count, std::uint32_t rgb, std::int32_t alpha,
                  std::int32_t step) {
  const std::uint32_t opaque = rgb | 0xff000000;
  for (int at = 0; at < count; ++at, alpha += step) {
    const auto factor = static_cast<std::uint32_t>(std::clamp(alpha, 0, 255 << 16)) >> 16;
    pixels[at] = over(scale_pixel(opaque, factor), pixels[at]);
  }
}

// Most of a glyph's box is empty or full.
void blend_masked(std::uint32_t* pixels, int count, std::uint32_t color,
                  const std::uint8_t* coverage) {
  const bool opaque = color >> 24 == 255;
  for (int at = 0; at < count; ++at) {
    const std::uint32_t factor = coverage[at];
    if (factor == 0) continue;
    pixels[at] = factor == 255 && opaque ? color : over(scale_pixel(color, factor), pixels[at]);
  }
}

}  // namespace lull::ui
