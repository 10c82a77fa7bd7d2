// SPDX-License-Identifier: MIT
#include "ui/panels/canvas.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

namespace lull::ui {
namespace {

constexpr double kCardPadding = 14, kCardGap = 10, kCardRadius = 10;

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// Where a line may end: at a blank, but a number and its unit stay together ("72.0 KiB"), and so
// does what is between quotes. (Dear ImGui would also end one after the point of a number.)
std::vector<std::size_t> line_ends(const std::string& text) {
  std::vector<std::size_t> ends;
  bool within = false;
  char before = ' ';
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') within = !within;
    if (text[at] == ' ' && !within && (before < '0' || before > '9')) ends.push_back(at);
    before = text[at];
  }
  ends.push_back(text.size());
  return ends;
}

// What is longer than a line, such as a path, is broken anywhere.
float height_of_lines(ImFont* font, const std::string& lines, float room) {
  return font
      ->CalcTextSizeA(font->FontSize, FLT_MAX, room + 1, lines.data(), lines.data() + lines.size())
      .y;
}

}  // namespace

ImU32 packed(Color color, double alpha) {
  return IM_COL32(color.r, color.g, color.b, static_cast<int>(std::lround(color.a * alpha)));
}

float Canvas::px(double logical) const {
  return static_cast<float>(std::round(logical * scales_.screen));
}

float Canvas::text_px(double logical) const { return px(logical * std::max(1.0, scales_.text)); }

float Canvas::text_width(ImFont* font, const std::string& text) const {
  return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

void Canvas::line(ImFont* font, Color color, const std::string& text, float left, float top,
                  float room, Align align) {
  std::string shown = text;
  float wide = text_width(font, shown);
  while (wide > room && !shown.empty()) {
    std::size_t end = shown.size() - (shown.ends_with("…") ? std::string("…").size() : 0);
    if (end == 0) return;
    do --end;
    while (end > 0 && continues_character(shown[end]));
    shown = shown.substr(0, end) + "…";
    wide = text_width(font, shown);
  }
  if (align == Align::kRight) left += room - wide;
  if (align == Align::kCentre) left += (room - wide) / 2;
  list().AddText(font, font->FontSize, {std::round(left), std::round(top)}, packed(color),
                 shown.data(), shown.data() + shown.size());
}

void Canvas::pair(const std::string& label, const std::string& value, ImFont* value_font,
                  Color label_color, Color value_color) {
  const float value_room = std::min(text_width(value_font, value), width * 0.72F);
  line(value_font, value_color, value, x + width - value_room, y, value_room, Align::kRight);
  line(fonts.body, label_color, label, x, y, width - value_room - px(10));
  y += text_height(fonts.body);
}

std::string Canvas::in_lines(ImFont* font, const std::string& text, float room) const {
  std::string lines;
  std::size_t begin = 0, last = 0;  // of the line; where it ends unless one more word has room
  for (const std::size_t end : line_ends(text)) {
    if (last > begin && text_width(font, text.substr(begin, end - begin)) > room) {
      lines += text.substr(begin, last - begin) + "\n";
      begin = last + 1;
    }
    last = end;
  }
  return lines + text.substr(std::min(begin, text.size()));
}

float Canvas::paragraph_height(ImFont* font, const std::string& text, float room) const {
  return height_of_lines(font, in_lines(font, text, room), room);
}

float Canvas::block(ImFont* font, Color color, const std::string& text, float left, float top,
                    float room) {
  const std::string lines = in_lines(font, text, room);
  list().AddText(font, font->FontSize, {std::round(left), std::round(top)}, packed(color),
                 lines.data(), lines.data() + lines.size(), room + 1);
  return height_of_lines(font, lines, room);
}

void Canvas::paragraph(ImFont* font, Color color, const std::string& text) {
  y += block(font, color, text, x, y, width);
}

Canvas::Press Canvas::control(const std::string& name, ImVec2 at, ImVec2 size, bool enabled) {
  Press press;
  if (!enabled) return press;
  ImGui::SetCursorScreenPos(at);
  press.pressed = ImGui::InvisibleButton(name.c_str(), size);
  press.hovered = ImGui::IsItemHovered();
  press.focused = focus.add(name);
  if (focus.take_activation(name)) press.pressed = true;
  if (focus.take_arrival(name)) {
    const float above = ImGui::GetWindowPos().y, below = above + ImGui::GetWindowHeight();
    if (at.y < above + px(8)) ImGui::SetScrollY(ImGui::GetScrollY() - (above + px(30) - at.y));
    if (at.y + size.y > below - px(8))
      ImGui::SetScrollY(ImGui::GetScrollY() + at.y + size.y - below + px(30));
  }
  return press;
}

void Canvas::focus_ring(ImVec2 at, ImVec2 size, float rounding) {
  // A line of the ground stays between, so that it is a ring and not a larger button.
  const float out = px(3);
  list().AddRect({at.x - out, at.y - out}, {at.x + size.x + out, at.y + size.y + out},
                 packed(theme.focus), rounding + out, 0, std::max(1.5F, px(2)));
}

float Canvas::button_width(const std::string& label) const {
  return text_width(fonts.body, label) + px(26);
}

Canvas::Colors Canvas::colors_of(ButtonKind kind, bool enabled, bool hovered) const {
  switch (kind) {
    case ButtonKind::kPrimary:
      if (!enabled) break;
      return {hovered ? theme.accent_hover : theme.accent, theme.on_accent};
    case ButtonKind::kChosen:
      if (!enabled) return {theme.muted, theme.card};
      return {hovered ? theme.accent_hover : theme.accent, theme.on_accent};
    case ButtonKind::kSecondary:
      if (!enabled) break;
      return {hovered ? theme.button_hover : theme.button, theme.on_button};
    case ButtonKind::kQuiet:
      return {hovered ? std::optional(theme.card_hover) : std::nullopt,
              enabled ? theme.link : theme.muted};
  }
  return {theme.track, theme.muted};
}

bool Canvas::button(const std::string& name, const std::string& label, ImVec2 at, ImVec2 size,
                    ButtonKind kind, bool enabled) {
  const Press press = control(name, at, size, enabled);
  const bool primary = kind == ButtonKind::kPrimary;
  const float rounding = px(primary ? 10 : 7);
  const Colors colors = colors_of(kind, enabled, press.hovered);
  if (colors.ground)
    list().AddRectFilled(at, {at.x + size.x, at.y + size.y}, packed(*colors.ground), rounding);
  ImFont* const font = primary ? fonts.strong : fonts.body;
  line(font, colors.ink, label, at.x + px(6), at.y + (size.y - text_height(font)) / 2,
       size.x - px(12), Align::kCentre);
  if (press.focused) focus_ring(at, size, rounding);
  return press.pressed;
}

bool Canvas::row(const std::string& name, ImVec2 at, ImVec2 size, bool enabled) {
  const Press press = control(name, at, size, enabled);
  const float rounding = px(6);
  if (press.hovered)
    list().AddRectFilled(at, {at.x + size.x, at.y + size.y}, packed(theme.card_hover), rounding);
  if (press.focused) focus_ring(at, size, rounding);
  return press.pressed;
}

void Canvas::tick_box(ImVec2 at, float size, bool ticked, bool enabled) {
  const float rounding = px(4);
  const ImVec2 end{at.x + size, at.y + size};
  if (!ticked) {
    list().AddRect({at.x + 0.5F, at.y + 0.5F}, {end.x - 0.5F, end.y - 0.5F}, packed(theme.muted),
                   rounding, 0, std::max(1.0F, px(1.3)));
    return;
  }
  list().AddRectFilled(at, end, packed(enabled ? theme.meter : theme.muted), rounding);
  const ImVec2 mark[] = {{at.x + size * 0.24F, at.y + size * 0.52F},
                         {at.x + size * 0.43F, at.y + size * 0.70F},
                         {at.x + size * 0.77F, at.y + size * 0.31F}};
  list().AddPolyline(mark, 3, packed(theme.card), 0, std::max(1.5F, px(1.8)));
}

bool Canvas::toggle(const std::string& name, ImVec2 at, bool on, bool enabled) {
  const ImVec2 size{px(toggle_width()), px(20)};
  const Press press = control(name, at, size, enabled);
  const float radius = size.y / 2;
  const Color ground = on && enabled ? theme.meter : theme.muted;
  list().AddRectFilled(at, {at.x + size.x, at.y + size.y}, packed(ground), radius);
  dot({on ? at.x + size.x - radius : at.x + radius, at.y + radius}, 7.5, theme.card);
  if (press.focused) focus_ring(at, size, radius);
  return press.pressed;
}

void Canvas::meter(float left, float top, float length, double height,
                   std::optional<double> fraction, Color fill) {
  const float tall = std::max(2.0F, px(height)), radius = tall / 2;
  list().AddRectFilled({left, top}, {left + length, top + tall}, packed(theme.track), radius);
  if (!fraction || *fraction <= 0) return;
  const float filled =
      std::clamp(static_cast<float>(*fraction) * length, std::min(tall, length), length);
  list().AddRectFilled({left, top}, {left + filled, top + tall}, packed(fill), radius);
}

void Canvas::dot(ImVec2 centre, double radius, Color color) {
  list().AddCircleFilled(centre, static_cast<float>(radius * scales_.screen), packed(color));
}

Card::Card(Canvas& canvas)
    : canvas_(canvas), left_(canvas.x), top_(canvas.y), width_(canvas.width) {
  splitter_.Split(&canvas.list(), 2);
  splitter_.SetCurrentChannel(&canvas.list(), 1);
  const float padding = canvas.px(kCardPadding);
  canvas.x += padding;
  canvas.y += padding;
  canvas.width -= 2 * padding;
}

Card::~Card() {
  canvas_.x = left_;
  canvas_.width = width_;
  canvas_.y += canvas_.px(kCardPadding);
  splitter_.SetCurrentChannel(&canvas_.list(), 0);
  const float radius = canvas_.px(kCardRadius);
  canvas_.list().AddRectFilled({left_, top_}, {left_ + width_, canvas_.y},
                               packed(canvas_.theme.card), radius);
  if (!canvas_.theme.dark)
    canvas_.list().AddRect({left_ + 0.5F, top_ + 0.5F}, {left_ + width_ - 0.5F, canvas_.y - 0.5F},
                           packed(canvas_.theme.border), radius);
  splitter_.Merge(&canvas_.list());
  canvas_.y += canvas_.px(kCardGap);
}

}  // namespace lull::ui
