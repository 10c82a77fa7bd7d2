// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include "ui/draw/surface.h"

struct ImDrawData;

// Draws what Dear ImGui wants drawn, on the CPU. A popover needs no GPU driver: mapping one costs
// more memory and time than all of its frames. Any one thread; no state between calls.
namespace lull::ui {

// The fonts' atlas: one byte of coverage per texel.
struct CoverageTexture {
  const std::uint8_t* texels = nullptr;
  int width = 0, height = 0;
};

// Blends over what the surface holds. Every triangle covers the pixels whose centres it contains
// (left and upper edges belong to it), so that neighbours neither overlap nor leave a seam; texels
// are taken without filtering, which is exact for text drawn at its size. Of the textures only the
// fonts' is known; user callbacks are left out. Anything outside the surface or the clip rectangle
// is cut off; vertices that are no numbers draw nothing.
void draw_on(const Surface& surface, const CoverageTexture& fonts, const ImDrawData& data);

}  // namespace lull::ui
