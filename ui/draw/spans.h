// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

// Rows of pixels, the innermost loops of the raster renderer. Private to ui/draw.
namespace lull::ui {

// One premultiplied colour over `count` pixels.
void blend_solid(std::uint32_t* pixels, int count, std::uint32_t color);

// A colour (opaque, 0x00RRGGBB) whose alpha runs linearly, in 1/65536 of 1/255.
void blend_fading(std::uint32_t* pixels, int count, std::uint32_t rgb, std::int32_t alpha,
                  std::int32_t step);

// One premultiplied colour through a row of coverage.
void blend_masked(std::uint32_t* pixels, int count, std::uint32_t color,
                  const std::uint8_t* coverage);

}  // namespace lull::ui
