// SPDX-License-Identifier: MIT
#include "ui/draw/backdrop.h"

#include <algorithm>
#include <cmath>

namespace lull::ui {
namespace {

// A rounded rectangle by its centre and half sizes.
struct RoundedBox {
  double centre_x, centre_y, half_width, half_height, radius;

  // Signed distance to the outline, negative inside.
  double distance(double x, double y) const {
    const double dx = std::abs(x - centre_x) - half_width + radius;
    const double dy = std::abs(y - centre_y) - half_height + radius;
    const double outside = std::hypot(std::max(dx, 0.0), std::max(dy, 0.0));
    return outside + std::min(std::max(dx, dy), 0.0) - radius;
  }
};

double coverage(double distance) { return std::clamp(0.5 - distance, 0.0, 1.0); }

std::uint32_t pixel_of(Color color, double alpha) {
  return premultiplied(color.r, color.g, color.b,
                       static_cast<std::uint32_t>(std::lround(color.a * alpha)));
}

// Fades out smoothly over the margin; denser under the lower edge.
double shadow_alpha(double distance, double margin, bool dark) {
  if (distance >= margin) return 0;
  const double near = 1 - std::max(distance, 0.0) / margin;
  return (dark ? 0.45 : 0.26) * near * near * near;
}

}  // namespace

void draw_backdrop(const Surface& surface, const BackdropShape& shape, const Theme& theme) {
  const double margin = shape.margin;
  const RoundedBox window{surface.width / 2.0, surface.height / 2.0, surface.width / 2.0 - margin,
                          surface.height / 2.0 - margin, shape.radius};
  RoundedBox shadow = window;
  shadow.centre_y += margin / 5;
  const std::uint32_t inside = pixel_of(theme.window, 1);
  const auto band =
      static_cast<int>(std::ceil(margin + std::max(shape.radius, shape.hairline))) + 1;
  for (int y = 0; y < surface.height; ++y) {
    std::uint32_t* const row = surface.row(y);
    const bool middle_row = y >= band && y < surface.height - band;
    for (int x = 0; x < surface.width; ++x) {
      if (middle_row && x == band && surface.width > 2 * band) {
        std::fill_n(row + x, surface.width - 2 * band, inside);
        x = surface.width - band;
      }
      const double px = x + 0.5, py = y + 0.5;
      const double distance = window.distance(px, py);
      std::uint32_t pixel = 0;
      if (margin > 0)
        pixel = pixel_of({0, 0, 0, 255},
                         shadow_alpha(shadow.distance(px, py), margin * 0.8, theme.dark));
      pixel = over(pixel_of(theme.border, coverage(distance)), pixel);
      pixel = over(pixel_of(theme.window, coverage(distance + shape.hairline)), pixel);
      row[x] = pixel;
    }
  }
}

}  // namespace lull::ui
