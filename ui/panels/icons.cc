// SPDX-License-Identifier: MIT
// The few icons, as lines: no font of icons is needed.
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <iterator>

#include "ui/panels/canvas.h"

namespace lull::ui {
namespace {

struct Pen {
  ImDrawList& list;
  ImVec2 centre;
  float unit;  // a 24th of the icon
  ImU32 color;
  ImVec2 at(float dx, float dy) const { return {centre.x + dx * unit, centre.y + dy * unit}; }
  float thick() const { return std::max(1.2F, 1.9F * unit); }
  void stroke(std::initializer_list<ImVec2> points) const {
    list.AddPolyline(std::data(points), static_cast<int>(points.size()), color, 0, thick());
  }
};

void draw_clock(const Pen& pen) {
  pen.list.AddCircle(pen.centre, 8.5F * pen.unit, pen.color, 0, pen.thick());
  pen.stroke({pen.at(0, -4.8F), pen.at(0, 0.3F), pen.at(3.4F, 2.4F)});
}

// Three sliders: the sign for settings that stays clear at 16 pixels.
void draw_sliders(const Pen& pen) {
  const float knobs[] = {3.5F, -3.5F, 1.5F};
  for (int at = 0; at < 3; ++at) {
    const float dy = -6.0F + 6.0F * static_cast<float>(at);
    pen.stroke({pen.at(-8, dy), pen.at(8, dy)});
    pen.list.AddCircleFilled(pen.at(knobs[at], dy), 2.9F * pen.unit, pen.color);
  }
}

void draw_chevron(const Pen& pen) {
  pen.stroke({pen.at(2.5F, -6.5F), pen.at(-4, 0), pen.at(2.5F, 6.5F)});
}

}  // namespace

bool Canvas::icon_button(const std::string& name, Icon icon, ImVec2 at, float size) {
  const Press press = control(name, at, {size, size}, true);
  const float rounding = px(7);
  if (press.hovered)
    list().AddRectFilled(at, {at.x + size, at.y + size}, packed(theme.card_hover), rounding);
  const Pen pen{list(),
                {at.x + size / 2, at.y + size / 2},
                size / 34,
                packed(press.hovered ? theme.text : theme.muted)};
  switch (icon) {
    case Icon::kHistory:
      draw_clock(pen);
      break;
    case Icon::kSettings:
      draw_sliders(pen);
      break;
    case Icon::kBack:
      draw_chevron(pen);
      break;
  }
  if (press.focused) focus_ring(at, {size, size}, rounding);
  return press.pressed;
}

}  // namespace lull::ui
