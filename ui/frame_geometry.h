// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cmath>

#include "ui/draw/backdrop.h"
#include "ui/popover.h"

namespace lull::ui {

// The surface of a popover: its window and, where there is a compositor, room for a shadow. Pixels.
struct FrameGeometry {
  int width = 0, height = 0, margin = 0;
  double radius = 0, hairline = 1;
  BackdropShape shape() const { return {margin, radius, hairline}; }
};

inline FrameGeometry frame_geometry(double logical_height, double scale, bool shadow) {
  const auto pixels = [&](double logical) {
    return static_cast<int>(std::lround(logical * scale));
  };
  FrameGeometry geometry;
  geometry.margin = shadow ? pixels(18) : 0;
  geometry.width = pixels(Popover::kWidth) + 2 * geometry.margin;
  geometry.height = std::max(1, pixels(logical_height)) + 2 * geometry.margin;
  geometry.radius = 12 * scale;
  geometry.hairline = std::max(1.0, std::round(scale));
  return geometry;
}

}  // namespace lull::ui
