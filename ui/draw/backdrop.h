// SPDX-License-Identifier: MIT
#pragma once
#include "ui/draw/surface.h"
#include "ui/theme.h"

namespace lull::ui {

// What lies behind the panels: the rounded window with its hairline and, on screens with a
// compositor, its shadow. Drawn once per size and copied into every frame.
struct BackdropShape {
  int margin = 0;       // pixels around the window for the shadow; 0: no shadow
  double radius = 0;    // of the window's corners, pixels; 0: square
  double hairline = 1;  // width of the border, pixels
};

// Fills the whole surface; the window takes all of it but the margin. Edges are anti-aliased by
// their distance to the pixel's centre.
void draw_backdrop(const Surface& surface, const BackdropShape& shape, const Theme& theme);

}  // namespace lull::ui
