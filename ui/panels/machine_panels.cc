// SPDX-License-Identifier: MIT
// Header, memory, activity, programs, disks: how the machine is.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "ui/panels/panels.h"

namespace lull::ui {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;
constexpr float kRingFrom = -1.25F * kPi, kRingTo = 0.25F * kPi;

void arc(Canvas& canvas, ImVec2 centre, float radius, float thick, double from, double to,
         Color color) {
  if (to - from < 0.004) return;
  const auto angle = [](double share) {
    return kRingFrom + static_cast<float>(share) * (kRingTo - kRingFrom);
  };
  const int segments = std::max(4, static_cast<int>(72 * (to - from)));
  canvas.list().PathArcTo(centre, radius, angle(from), angle(to), segments);
  canvas.list().PathStroke(packed(color), 0, thick);
}

// Two thirds of a circle: used, then what caches hold and would give back.
void ring(Canvas& canvas, const MemoryView& view, ImVec2 centre, float radius) {
  const float thick = canvas.px(11);
  arc(canvas, centre, radius, thick, 0, 1, canvas.theme.track);
  if (view.used) {
    const double cached = std::min(1.0, *view.used + view.cached.value_or(0));
    arc(canvas, centre, radius, thick, *view.used, cached, canvas.theme.cached);
    // The two are told apart by what is between them, not by their colours alone.
    const double gap = canvas.px(2) / (radius * (kRingTo - kRingFrom));
    if (cached - *view.used > 2 * gap)
      arc(canvas, centre, radius, thick, *view.used, *view.used + gap, canvas.theme.card);
    arc(canvas, centre, radius, thick, 0, *view.used, fill_of(canvas.theme, view.tone));
  }
  const float room = 2 * radius - thick - canvas.px(4);
  ImFont* large = canvas.fonts.large;
  if (canvas.text_width(large, view.percent) > room) large = canvas.fonts.title;
  canvas.line(large, canvas.theme.text, view.percent, centre.x - room / 2,
              centre.y - canvas.text_height(large) * 0.58F, room, Align::kCentre);
  canvas.line(canvas.fonts.small, canvas.theme.muted, "in use", centre.x - room / 2,
              centre.y + canvas.text_height(large) * 0.5F, room, Align::kCentre);
}

// Smaller where large letters need the room beside it.
float ring_radius(const Canvas& canvas, const MemoryView& view, float beside) {
  float needed = 0;
  for (const Meter& row : view.rows)
    needed = std::max(needed, canvas.text_width(canvas.fonts.body, row.label) +
                                  canvas.text_width(canvas.fonts.body, row.value));
  const float left = canvas.width - beside - needed - canvas.px(11);
  return std::clamp(left / 2, canvas.px(34), canvas.px(49));
}

Color row_color(const Canvas& canvas, const MemoryView& view, std::size_t at) {
  if (at == 0) return fill_of(canvas.theme, view.tone);
  return at == 2 ? canvas.theme.cached : canvas.theme.track;
}

void curve_lines(Canvas& canvas, const CurveView& view, ImVec2 at, ImVec2 size) {
  const Color color = fill_of(canvas.theme, view.tone);
  const auto place = [&](const CurvePoint& point) {
    return ImVec2{at.x + point.x * size.x, at.y + size.y - point.y * (size.y - canvas.px(2))};
  };
  std::vector<ImVec2> run;
  const auto flush = [&] {
    if (run.size() > 1)
      canvas.list().AddPolyline(run.data(), static_cast<int>(run.size()), packed(color), 0,
                                std::max(1.2F, canvas.px(1.5)));
    run.clear();
  };
  const ImDrawListFlags flags = canvas.list().Flags;
  // Strips of one ground: soft edges would show where they meet.
  canvas.list().Flags &= ~ImDrawListFlags_AntiAliasedFill;
  for (std::size_t i = 1; i < view.points.size(); ++i) {
    if (!view.points[i].joined) continue;
    const ImVec2 a = place(view.points[i - 1]), b = place(view.points[i]);
    canvas.list().AddQuadFilled(a, b, {b.x, at.y + size.y}, {a.x, at.y + size.y},
                                packed(color, kCurveTint));
  }
  canvas.list().Flags = flags;
  for (const CurvePoint& point : view.points) {
    if (!point.joined) flush();
    run.push_back(place(point));
  }
  flush();
}

// What is above a curve has room beside one another.
bool fits_one_line(const Canvas& canvas, const CurveView& view, float width) {
  return canvas.text_width(canvas.fonts.small, view.title) + canvas.px(8) +
             canvas.text_width(canvas.fonts.body, view.value) <=
         width;
}

void small_chart(Canvas& canvas, const CurveView& view, float left, float width, float words) {
  const float top = canvas.y, height = canvas.px(44);
  canvas.line(canvas.fonts.small, canvas.theme.muted, view.title, left, top + canvas.px(1), width);
  canvas.line(canvas.fonts.body, text_of(canvas.theme, view.tone), view.value, left,
              top + words - canvas.text_px(22), width, Align::kRight);
  const ImVec2 at{left, top + words}, size{width, height};
  const float base = at.y + size.y + 0.5F;
  curve_lines(canvas, view, at, size);
  canvas.list().AddLine({left, base}, {left + width, base}, packed(canvas.theme.border));
}

// Side by side, their words in two lines if one of them needs that. Gives the words' height.
float small_charts(Canvas& canvas, const CurveView& one, const CurveView& other) {
  const float gap = canvas.px(18), half = (canvas.width - gap) / 2;
  const bool fits = fits_one_line(canvas, one, half) && fits_one_line(canvas, other, half);
  const float words = canvas.text_px(fits ? 22 : 40);
  small_chart(canvas, one, canvas.x, half, words);
  small_chart(canvas, other, canvas.x + half + gap, half, words);
  return words;
}

float day_chart(Canvas& canvas, const DayView& view) {
  const float words = canvas.text_px(22), height = canvas.px(44), step = canvas.width / 24;
  canvas.line(canvas.fonts.small, canvas.theme.muted, view.title, canvas.x, canvas.y + canvas.px(1),
              canvas.width * 0.7F);
  canvas.line(canvas.fonts.body, canvas.theme.text, view.summary, canvas.x, canvas.y, canvas.width,
              Align::kRight);
  const float base = canvas.y + words + height;
  for (std::size_t at = 0; at < view.bars.size(); ++at) {
    const float left = std::round(canvas.x + step * static_cast<float>(at));
    const float tall = std::max(canvas.px(2), view.bars[at] * height);
    canvas.list().AddRectFilled(
        {left + canvas.px(1), base - tall}, {left + std::round(step) - canvas.px(1), base},
        packed(view.bars[at] > 0 ? canvas.theme.meter : canvas.theme.track), canvas.px(1.5));
  }
  return words;
}

void page_button(Canvas& canvas, const char* name, Icon icon, Page page, float left) {
  const float size = canvas.px(32);
  if (canvas.icon_button(name, icon, {left, canvas.y}, size)) {
    Intent intent{Intent::Kind::kShowPage};
    intent.page = page;
    canvas.intents.push_back(intent);
  }
}

}  // namespace

void header_panel(Canvas& canvas, const ViewModel& view) {
  const bool overview = view.page == Page::kOverview;
  const float icon = canvas.px(32), right = canvas.x + canvas.width;
  float left = canvas.x;
  if (!overview) {
    page_button(canvas, "back", Icon::kBack, Page::kOverview, left - canvas.px(8));
    left += icon - canvas.px(4);
  }
  const std::string title = overview                      ? view.header.title
                            : view.page == Page::kHistory ? "History"
                                                          : "Settings";
  const float room = right - left - 2 * icon - canvas.px(8);
  canvas.line(canvas.fonts.title, canvas.theme.text, title, left, canvas.y - canvas.px(1), room);
  const float status_top = canvas.y + canvas.text_px(20);
  canvas.dot({left + canvas.px(4), status_top + canvas.text_height(canvas.fonts.small) / 2}, 3.5,
             text_of(canvas.theme, view.header.tone));
  canvas.line(canvas.fonts.small, canvas.theme.muted, view.header.status, left + canvas.px(13),
              status_top, room - canvas.px(13));
  if (overview) {
    page_button(canvas, "history", Icon::kHistory, Page::kHistory, right - 2 * icon);
    page_button(canvas, "settings", Icon::kSettings, Page::kSettings, right - icon + canvas.px(4));
  }
  canvas.text_space(44);
}

void memory_panel(Canvas& canvas, const MemoryView& view) {
  const Card card(canvas);
  const float beside = canvas.px(34), radius = ring_radius(canvas, view, beside);
  const float top = canvas.y;
  const float line_height = canvas.text_height(canvas.fonts.body);
  ring(canvas, view, {canvas.x + radius + canvas.px(6), top + radius + canvas.px(8)}, radius);
  const float all_x = canvas.x, all_width = canvas.width;
  const float inset = 2 * radius + beside;
  canvas.x += inset;
  canvas.width -= inset;
  for (std::size_t at = 0; at < view.rows.size(); ++at) {
    const Meter& row = view.rows[at];
    if (at < 3)
      canvas.dot({canvas.x - canvas.px(11), canvas.y + line_height / 2}, 3.5,
                 row_color(canvas, view, at));
    canvas.pair(row.label, row.value, canvas.fonts.body, canvas.theme.muted,
                row.tone == Tone::kMuted ? canvas.theme.muted : canvas.theme.text);
    canvas.space(7);
  }
  canvas.space(2);
  canvas.list().AddLine({canvas.x, canvas.y + 0.5F}, {canvas.x + canvas.width, canvas.y + 0.5F},
                        packed(canvas.theme.border));
  canvas.space(9);
  canvas.pair("Pressure", view.pressure_level, canvas.fonts.strong, canvas.theme.muted,
              text_of(canvas.theme, view.tone));
  canvas.x = all_x;
  canvas.width = all_width;
  canvas.y = std::max(canvas.y, top + 2 * radius + canvas.px(2));
}

void activity_panel(Canvas& canvas, const ViewModel& view, PanelMemory& memory) {
  const Card card(canvas);
  canvas.line(canvas.fonts.strong, canvas.theme.text, "Activity", canvas.x, canvas.y,
              canvas.width / 2);
  const std::string other = memory.day ? "Last 10 min" : "Last day";
  const float wide = canvas.button_width(other);
  if (canvas.button("activity-span", other,
                    {canvas.x + canvas.width - wide + canvas.px(13), canvas.y - canvas.px(5)},
                    {wide, canvas.text_px(24)}, ButtonKind::kQuiet))
    memory.day = !memory.day;
  canvas.text_space(26);
  canvas.y +=
      memory.day ? day_chart(canvas, view.day) : small_charts(canvas, view.cpu, view.pressure);
  canvas.space(50);
  const std::string day = view.day.cost.empty() ? "24 h ago" : view.day.cost;
  canvas.line(canvas.fonts.small, canvas.theme.muted, "now", canvas.x, canvas.y, canvas.width,
              Align::kRight);
  const float room = canvas.width - canvas.text_width(canvas.fonts.small, "now") - canvas.px(8);
  canvas.y += canvas.block(canvas.fonts.small, canvas.theme.muted, memory.day ? day : view.cpu.note,
                           canvas.x, canvas.y, room);
}

void apps_panel(Canvas& canvas, const std::vector<AppRow>& rows) {
  const Card card(canvas);
  const float cpu_room = canvas.text_px(58), memory_room = canvas.text_px(74);
  canvas.line(canvas.fonts.strong, canvas.theme.text, "Memory by program", canvas.x, canvas.y,
              canvas.width - cpu_room);
  canvas.line(canvas.fonts.small, canvas.theme.muted, "CPU", canvas.x, canvas.y + canvas.px(1),
              canvas.width, Align::kRight);
  canvas.text_space(26);
  if (rows.empty()) canvas.paragraph(canvas.fonts.body, canvas.theme.muted, "—");
  for (std::size_t at = 0; at < rows.size(); ++at) {
    const AppRow& row = rows[at];
    const float right = canvas.x + canvas.width;
    if (at > 0) canvas.space(9);
    canvas.line(canvas.fonts.body, canvas.theme.text, row.name, canvas.x, canvas.y,
                canvas.width - cpu_room - memory_room - canvas.px(6));
    canvas.line(canvas.fonts.body, canvas.theme.text, row.memory, right - cpu_room - memory_room,
                canvas.y, memory_room, Align::kRight);
    canvas.line(canvas.fonts.body, canvas.theme.muted, row.cpu, right - cpu_room, canvas.y,
                cpu_room, Align::kRight);
    canvas.text_space(18);
    canvas.meter(canvas.x, canvas.y, canvas.width, 3, row.fraction, canvas.theme.meter);
    canvas.space(3);
  }
}

void disks_panel(Canvas& canvas, const std::vector<Meter>& rows) {
  if (rows.empty()) return;
  const Card card(canvas);
  canvas.line(canvas.fonts.strong, canvas.theme.text, "Disks", canvas.x, canvas.y, canvas.width);
  canvas.text_space(26);
  for (std::size_t at = 0; at < rows.size(); ++at) {
    const Meter& row = rows[at];
    if (at > 0) canvas.space(11);
    canvas.pair(row.label, row.value, canvas.fonts.body, canvas.theme.text,
                row.tone == Tone::kNeutral ? canvas.theme.muted : text_of(canvas.theme, row.tone));
    canvas.space(6);
    canvas.meter(canvas.x, canvas.y, canvas.width, 5, row.fraction,
                 fill_of(canvas.theme, row.tone));
    canvas.space(5);
  }
}

}  // namespace lull::ui
