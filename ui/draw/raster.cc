// SPDX-License-Identifier: MIT
#include "ui/draw/raster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <imgui.h>

#include "ui/draw/spans.h"

namespace lull::ui {
namespace {

// Half-open: the pixels x0 <= x < x1, y0 <= y < y1.
struct Box {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool empty() const { return x0 >= x1 || y0 >= y1; }
};

// The first pixel whose centre is at or right of the edge.
int first_centre(float edge) { return static_cast<int>(std::ceil(edge - 0.5F)); }

std::uint32_t channel(ImU32 color, unsigned shift) { return (color >> shift) & 255; }
std::uint32_t rgb_of(ImU32 color) {
  return (channel(color, IM_COL32_R_SHIFT) << 16) | (channel(color, IM_COL32_G_SHIFT) << 8) |
         channel(color, IM_COL32_B_SHIFT);
}
std::uint32_t pixel_of(ImU32 color) {
  return premultiplied(channel(color, IM_COL32_R_SHIFT), channel(color, IM_COL32_G_SHIFT),
                       channel(color, IM_COL32_B_SHIFT), channel(color, IM_COL32_A_SHIFT));
}

bool same(const ImVec2& left, const ImVec2& right) {
  return left.x == right.x && left.y == right.y;
}

// Coordinates beyond this are no part of any window; int arithmetic stays safe.
bool drawable(const ImDrawVert& vertex) {
  constexpr float kFar = 100'000;
  return std::abs(vertex.pos.x) < kFar && std::abs(vertex.pos.y) < kFar;  // false for NaN
}

// A value that is linear over the plane, from its values at three corners.
struct Plane {
  double at_origin = 0, dx = 0, dy = 0;
  double at(double x, double y) const { return at_origin + dx * x + dy * y; }
};

class Painter {
 public:
  Painter(const Surface& surface, const CoverageTexture& fonts) : to_(surface), fonts_(fonts) {}

  void clip_to(const ImVec4& clip);
  bool clipped_away() const { return clip_.empty(); }
  // Takes two triangles at once if they are a rectangle along the axes, else one. Returns how many
  // indices were used.
  unsigned draw(const ImDrawVert* vertices, const ImDrawIdx* indices, unsigned left);

 private:
  using Corners = std::array<const ImDrawVert*, 3>;

  void rectangle(const ImDrawVert& first, const ImDrawVert& opposite);
  void glyph(const Box& box, const ImDrawVert& first, const ImDrawVert& opposite);
  void triangle(const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c);
  template <class Row>
  void each_row(Corners corners, Row row);
  void fading(const Corners& corners);
  void shaded(const Corners& corners, bool textured);
  std::uint32_t coverage_at(double u, double v) const;

  const Surface& to_;
  const CoverageTexture& fonts_;
  Box clip_;
};

void Painter::clip_to(const ImVec4& clip) {
  const auto bounded = [](float value, int limit) {
    return static_cast<int>(std::clamp(value, 0.0F, static_cast<float>(limit)));
  };
  clip_ = {bounded(clip.x, to_.width), bounded(clip.y, to_.height), bounded(clip.z, to_.width),
           bounded(clip.w, to_.height)};
}

// ImDrawList::PrimRect and PrimRectUV: corners a, b, c and a, c, d.
bool is_rectangle(const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c,
                  const ImDrawVert& d) {
  return a.pos.y == b.pos.y && b.pos.x == c.pos.x && c.pos.y == d.pos.y && d.pos.x == a.pos.x &&
         a.pos.x <= c.pos.x && a.pos.y <= c.pos.y && a.col == b.col && a.col == c.col &&
         a.col == d.col && a.uv.y == b.uv.y && b.uv.x == c.uv.x && c.uv.y == d.uv.y &&
         d.uv.x == a.uv.x;
}

unsigned Painter::draw(const ImDrawVert* vertices, const ImDrawIdx* indices, unsigned left) {
  const ImDrawVert &a = vertices[indices[0]], &b = vertices[indices[1]], &c = vertices[indices[2]];
  if (!drawable(a) || !drawable(b) || !drawable(c)) return 3;
  if (left >= 6 && indices[3] == indices[0] && indices[4] == indices[2]) {
    const ImDrawVert& d = vertices[indices[5]];
    if (is_rectangle(a, b, c, d)) {
      rectangle(a, c);
      return 6;
    }
  }
  triangle(a, b, c);
  return 3;
}

void Painter::rectangle(const ImDrawVert& first, const ImDrawVert& opposite) {
  const Box box{std::max(first_centre(first.pos.x), clip_.x0),
                std::max(first_centre(first.pos.y), clip_.y0),
                std::min(first_centre(opposite.pos.x), clip_.x1),
                std::min(first_centre(opposite.pos.y), clip_.y1)};
  if (box.empty()) return;
  if (!same(first.uv, opposite.uv)) return glyph(box, first, opposite);
  const std::uint32_t color = pixel_of(first.col);
  for (int y = box.y0; y < box.y1; ++y) blend_solid(to_.row(y) + box.x0, box.x1 - box.x0, color);
}

// Text at its own size has one texel per pixel: a row of coverage is a row of the atlas.
void Painter::glyph(const Box& box, const ImDrawVert& first, const ImDrawVert& opposite) {
  const double du = (opposite.uv.x - first.uv.x) / (opposite.pos.x - first.pos.x);
  const double dv = (opposite.uv.y - first.uv.y) / (opposite.pos.y - first.pos.y);
  const auto u = [&](int x) { return first.uv.x + (x + 0.5 - first.pos.x) * du; };
  const auto v = [&](int y) { return first.uv.y + (y + 0.5 - first.pos.y) * dv; };
  const std::uint32_t color = pixel_of(first.col);
  const int count = box.x1 - box.x0;
  const int texel = static_cast<int>(std::floor(u(box.x0) * fonts_.width));
  const bool straight =
      std::abs(du * fonts_.width - 1) < 1e-3 && texel >= 0 && texel + count <= fonts_.width;
  for (int y = box.y0; y < box.y1; ++y) {
    std::uint32_t* const row = to_.row(y) + box.x0;
    const int line = static_cast<int>(std::floor(v(y) * fonts_.height));
    if (straight && line >= 0 && line < fonts_.height) {
      blend_masked(row, count, color,
                   fonts_.texels + static_cast<std::ptrdiff_t>(line) * fonts_.width + texel);
      continue;
    }
    for (int x = 0; x < count; ++x)
      row[x] = over(scale_pixel(color, coverage_at(u(box.x0 + x), v(y))), row[x]);
  }
}

std::uint32_t Painter::coverage_at(double u, double v) const {
  if (fonts_.texels == nullptr || fonts_.width <= 0 || fonts_.height <= 0) return 255;
  const int x = std::clamp(static_cast<int>(u * fonts_.width), 0, fonts_.width - 1);
  const int y = std::clamp(static_cast<int>(v * fonts_.height), 0, fonts_.height - 1);
  return fonts_.texels[static_cast<std::ptrdiff_t>(y) * fonts_.width + x];
}

void Painter::triangle(const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c) {
  const Corners corners{&a, &b, &c};
  const bool textured = !same(a.uv, b.uv) || !same(a.uv, c.uv);
  if (textured) return shaded(corners, true);
  if (a.col == b.col && a.col == c.col) {
    const std::uint32_t color = pixel_of(a.col);
    return each_row(corners, [&](int y, int from, int to) {
      blend_solid(to_.row(y) + from, to - from, color);
    });
  }
  // The soft edge of a shape: one colour, the alpha runs out.
  if (rgb_of(a.col) == rgb_of(b.col) && rgb_of(a.col) == rgb_of(c.col)) return fading(corners);
  shaded(corners, false);
}

// Where the edge from the upper to the lower corner crosses a row. Both triangles at an edge
// compute the very same number, so no pixel is drawn by both or by none.
struct Slope {
  const ImVec2 from;
  double slope;
  Slope(const ImVec2& upper, const ImVec2& lower)
      : from(upper),
        slope(lower.y > upper.y ? static_cast<double>(lower.x - upper.x) / (lower.y - upper.y)
                                : 0.0) {}
  double at(int y) const { return from.x + slope * (y + 0.5 - from.y); }
};

int first_centre_right_of(double x) { return static_cast<int>(std::ceil(x - 0.5)); }

template <class Row>
void Painter::each_row(Corners corners, Row row) {
  // Upper first; equal heights by x, so that an edge has one direction whoever asks.
  std::sort(corners.begin(), corners.end(), [](const auto* left, const auto* right) {
    return std::pair(left->pos.y, left->pos.x) < std::pair(right->pos.y, right->pos.x);
  });
  const ImVec2 &top = corners[0]->pos, &middle = corners[1]->pos, &bottom = corners[2]->pos;
  const Slope whole(top, bottom), upper(top, middle), lower(middle, bottom);
  const int first = std::max(first_centre(top.y), clip_.y0);
  const int bend = first_centre(middle.y);
  const int end = std::min(first_centre(bottom.y), clip_.y1);
  for (int y = first; y < end; ++y) {
    const double one = whole.at(y), other = y < bend ? upper.at(y) : lower.at(y);
    const int from = std::max(first_centre_right_of(std::min(one, other)), clip_.x0);
    const int to = std::min(first_centre_right_of(std::max(one, other)), clip_.x1);
    if (from < to) row(y, from, to);
  }
}

template <class Value>
Plane plane_of(const std::array<const ImDrawVert*, 3>& corners, Value value) {
  const ImVec2 &a = corners[0]->pos, &b = corners[1]->pos, &c = corners[2]->pos;
  const double area =
      static_cast<double>(b.x - a.x) * (c.y - a.y) - static_cast<double>(c.x - a.x) * (b.y - a.y);
  if (std::abs(area) < 1e-6) return {value(*corners[0]), 0, 0};
  const double one = value(*corners[1]) - value(*corners[0]);
  const double two = value(*corners[2]) - value(*corners[0]);
  Plane plane;
  plane.dx = (one * (c.y - a.y) - two * (b.y - a.y)) / area;
  plane.dy = (two * (b.x - a.x) - one * (c.x - a.x)) / area;
  plane.at_origin = value(*corners[0]) - plane.dx * a.x - plane.dy * a.y;
  return plane;
}

void Painter::fading(const Corners& corners) {
  const std::uint32_t rgb = rgb_of(corners[0]->col);
  const Plane alpha = plane_of(corners, [](const ImDrawVert& vertex) {
    return static_cast<double>(channel(vertex.col, IM_COL32_A_SHIFT));
  });
  // A sliver's plane is so steep that only its clamped value means anything.
  const auto fixed = [](double value) {
    return static_cast<std::int32_t>(std::clamp(value, -256.0, 512.0) * 65536);
  };
  each_row(corners, [&](int y, int from, int to) {
    const double start = alpha.at(from + 0.5, y + 0.5);
    if (to - from == 1 || std::abs(alpha.dx * (to - from)) < 256) {
      // Half a step of rounding, as the other spans have.
      blend_fading(to_.row(y) + from, to - from, rgb, fixed(start + 0.5), fixed(alpha.dx));
      return;
    }
    for (int x = from; x < to; ++x)
      blend_fading(to_.row(y) + x, 1, rgb, fixed(alpha.at(x + 0.5, y + 0.5) + 0.5), 0);
  });
}

void Painter::shaded(const Corners& corners, bool textured) {
  std::array<Plane, 4> channels;
  constexpr std::array<unsigned, 4> kShifts = {IM_COL32_R_SHIFT, IM_COL32_G_SHIFT, IM_COL32_B_SHIFT,
                                               IM_COL32_A_SHIFT};
  for (std::size_t at = 0; at < 4; ++at)
    channels[at] = plane_of(corners, [&](const ImDrawVert& vertex) {
      return static_cast<double>(channel(vertex.col, kShifts[at]));
    });
  const Plane u = plane_of(corners, [](const ImDrawVert& vertex) { return vertex.uv.x; });
  const Plane v = plane_of(corners, [](const ImDrawVert& vertex) { return vertex.uv.y; });
  each_row(corners, [&](int y, int from, int to) {
    std::uint32_t* const row = to_.row(y);
    for (int x = from; x < to; ++x) {
      const auto value = [&](std::size_t at) {
        return static_cast<std::uint32_t>(
            std::clamp(channels[at].at(x + 0.5, y + 0.5) + 0.5, 0.0, 255.0));
      };
      std::uint32_t pixel = premultiplied(value(0), value(1), value(2), value(3));
      if (textured)
        pixel = scale_pixel(pixel, coverage_at(u.at(x + 0.5, y + 0.5), v.at(x + 0.5, y + 0.5)));
      row[x] = over(pixel, row[x]);
    }
  });
}

}  // namespace

void draw_on(const Surface& surface, const CoverageTexture& fonts, const ImDrawData& data) {
  Painter painter(surface, fonts);
  for (int at = 0; at < data.CmdListsCount; ++at) {
    const ImDrawList& list = *data.CmdLists[at];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback != nullptr) continue;
      painter.clip_to(command.ClipRect);
      if (painter.clipped_away()) continue;
      const ImDrawIdx* indices = list.IdxBuffer.Data + command.IdxOffset;
      const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
      for (unsigned used = 0; used + 2 < command.ElemCount;)
        used += painter.draw(vertices, indices + used, command.ElemCount - used);
    }
  }
}

}  // namespace lull::ui
