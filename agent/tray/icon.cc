// SPDX-License-Identifier: MIT
#include "agent/tray/icon.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace lull::agent::tray {
namespace {

// In units of a picture that is 16 wide, x to the right and y down, (0, 0) in its middle.
struct Point {
  double x = 0, y = 0;
};

// How much paint lies on a pixel: from 0 (none) to 1 (all of it).
using Coverage = double;

struct Colour {
  std::uint8_t red, green, blue;
};

// Relative luminance of 0.17 to 0.25, so that each stands out from black and from white.
constexpr Colour kCalmBlue{0x2f, 0x80, 0xdc};
constexpr Colour kWarningAmber{0xc8, 0x70, 0x00};
constexpr Colour kCriticalRed{0xe0, 0x3a, 0x3a};
constexpr Colour kPausedGrey{0x80, 0x80, 0x80};
constexpr double kTrackAlpha = 0.35;

Colour colour_of(const IconLook& look) {
  if (look.level == model::PressureLevel::kCritical) return kCriticalRed;
  if (look.level == model::PressureLevel::kWarning) return kWarningAmber;
  return look.paused ? kPausedGrey : kCalmBlue;
}

double length(Point p) { return std::sqrt(p.x * p.x + p.y * p.y); }
Point minus(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
double cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }

// Where a circle's clockwise way ends after so many of kIconSteps, from its top; radius 1. By a
// table, since libraries differ in the last bits of a sine.
Point on_circle(int step) {
  constexpr std::array<double, 6> kSine = {0,
                                           0.30901699437494742,  // of 18 degrees
                                           0.58778525229247313,
                                           0.80901699437494742,
                                           0.95105651629515357,
                                           1};
  static_assert(kIconSteps == 20);
  const int quarter = step / 5 % 4, rest = step % 5;
  const double along = kSine[static_cast<std::size_t>(rest)];
  const double across = kSine[static_cast<std::size_t>(5 - rest)];
  switch (quarter) {
    case 0:
      return {along, -across};
    case 1:
      return {across, along};
    case 2:
      return {-along, across};
    default:
      return {-across, -along};
  }
}

// Distances to the edge of a figure, negative inside.
double disc(Point p, Point middle, double radius) { return length(minus(p, middle)) - radius; }

double round_box(Point p, Point middle, Point half, double radius) {
  const double x = std::abs(p.x - middle.x) - half.x + radius;
  const double y = std::abs(p.y - middle.y) - half.y + radius;
  return length({std::max(x, 0.0), std::max(y, 0.0)}) + std::min(std::max(x, y), 0.0) - radius;
}

double ring(Point p, double radius, double half_width) {
  return std::abs(length(p) - radius) - half_width;
}

// A part of the ring from its top, with round ends.
double arc(Point p, double radius, double half_width, int step) {
  if (step >= kIconSteps) return ring(p, radius, half_width);
  const Point top{0, -1}, end = on_circle(step);
  const bool after_top = cross(top, p) >= 0, before_end = cross(p, end) >= 0;
  const bool within = step <= kIconSteps / 2 ? after_top && before_end : after_top || before_end;
  if (within) return ring(p, radius, half_width);
  return std::min(disc(p, {0, -radius}, half_width),
                  disc(p, {end.x * radius, end.y * radius}, half_width));
}

// The mark that tells the level by its shape, around `middle`.
double sign(Point p, Point middle, const IconLook& look) {
  constexpr double kNowhere = 1000;
  const Point at = minus(p, middle);
  switch (look.level) {
    case model::PressureLevel::kCritical:
      return std::min(round_box(at, {0, -1.25}, {1.05, 2.5}, 0.6), disc(at, {0, 3.2}, 1.15));
    case model::PressureLevel::kWarning:
      return disc(at, {0, 0}, 2.0);
    case model::PressureLevel::kNormal:
      break;
  }
  if (!look.paused) return kNowhere;
  return std::min(round_box(at, {-2, 0}, {1, 3}, 0.5), round_box(at, {2, 0}, {1, 3}, 0.5));
}

bool has_sign(const IconLook& look) {
  return look.level != model::PressureLevel::kNormal || look.paused;
}

// What is painted on a pixel: the track below, then the figure.
struct Distances {
  double figure = 0, track = 0;
};

Distances gauge(Point p, const IconLook& look) {
  constexpr double kRadius = 6.4, kHalfWidth = 1.35;
  Distances found{sign(p, {0, 0}, look), ring(p, kRadius, kHalfWidth)};
  if (look.memory_step > 0)
    found.figure = std::min(found.figure, arc(p, kRadius, kHalfWidth, look.memory_step));
  return found;
}

// One column, filled from below.
Distances column(Point p, double middle, double half_width, int step) {
  constexpr double kHalfHeight = 7;
  const double track = round_box(p, {middle, 0}, {half_width, kHalfHeight}, 1);
  const double fill_top = kHalfHeight - 2 * kHalfHeight * step / kIconSteps;
  return {step > 0 ? std::max(track, fill_top - p.y) : 1, track};
}

Distances bars(Point p, const IconLook& look) {
  const bool narrow = has_sign(look);  // room for the sign on the right
  const double half_width = narrow ? 2 : 3;
  const Distances memory = column(p, narrow ? -6 : -4, half_width, look.memory_step);
  const Distances cpu = column(p, narrow ? -1 : 4, half_width, look.cpu_step);
  return {std::min({memory.figure, cpu.figure, sign(p, {5, 0}, look)}),
          std::min(memory.track, cpu.track)};
}

Distances plain(Point p, const IconLook& look) {
  const double crescent = std::max(disc(p, {-0.5, 0.5}, 7), -disc(p, {3, -2}, 6));
  return {std::min(crescent, sign(p, {4, -2}, look)), 1};
}

Distances distances(Point p, const IconLook& look) {
  switch (look.shape) {
    case IconShape::kGauge:
      return gauge(p, look);
    case IconShape::kBars:
      return bars(p, look);
    case IconShape::kPlain:
      break;
  }
  return plain(p, look);
}

// An edge fades over one pixel of the picture; `scale` pixels are a unit.
Coverage coverage(double distance, double scale) {
  return std::clamp(0.5 - distance * scale, 0.0, 1.0);
}

std::uint8_t to_byte(double value) { return static_cast<std::uint8_t>(std::lround(value * 255)); }

IconLook within_range(IconLook look) {
  look.memory_step = std::clamp(look.memory_step, 0, kIconSteps);
  look.cpu_step = std::clamp(look.cpu_step, 0, kIconSteps);
  return look;
}

}  // namespace

Pixmap draw_icon(const IconLook& wanted, int wanted_side) {
  const IconLook look = within_range(wanted);
  const int side = std::clamp(wanted_side, 8, 256);
  const double scale = side / 16.0;
  const Colour colour = colour_of(look);
  Pixmap picture{side, {}};
  picture.argb.reserve(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 4);
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const Distances found = distances({(x + 0.5) / scale - 8, (y + 0.5) / scale - 8}, look);
      const double figure = coverage(found.figure, scale);
      const double alpha = figure + (1 - figure) * kTrackAlpha * coverage(found.track, scale);
      // Figure and track have one colour, so that only the alpha is blended.
      picture.argb.insert(picture.argb.end(),
                          {to_byte(alpha), colour.red, colour.green, colour.blue});
    }
  return picture;
}

std::span<const int> icon_sides() {
  static constexpr std::array<int, 5> kSides = {16, 22, 24, 32, 48};
  return kSides;
}

}  // namespace lull::agent::tray
