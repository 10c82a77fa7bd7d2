// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include <imgui.h>

#include "ui/focus.h"
#include "ui/gui.h"
#include "ui/intent.h"
#include "ui/theme.h"

// What panels draw with: text that is cut with "…" rather than clipped, buttons that pointer and
// keyboard reach alike, meters, curves. Lives for one frame; positions are pixels of the window,
// and lengths named `logical` are multiplied by the scale: of the screen alone, or of the letters
// too (larger ones need more room, smaller ones keep theirs).
namespace lull::ui {

// kChosen: of several words the one that is in force; the others are kQuiet.
enum class ButtonKind { kPrimary, kSecondary, kQuiet, kChosen };
enum class Icon { kHistory, kSettings, kBack };
enum class Align { kLeft, kRight, kCentre };

ImU32 packed(Color color, double alpha = 1);

class Canvas {
 public:
  struct Scales {
    double screen = 1, text = 1;
  };
  Canvas(const Theme& colors, const FontSet& letters, Scales scales, Focus& keyboard,
         std::vector<Intent>& wanted)
      : theme(colors), fonts(letters), focus(keyboard), intents(wanted), scales_(scales) {}

  const Theme& theme;
  const FontSet& fonts;
  Focus& focus;
  std::vector<Intent>& intents;
  // The column that is being filled; `y` goes down as things are added.
  float x = 0, y = 0, width = 0;

  float px(double logical) const;
  float text_px(double logical) const;
  ImDrawList& list() const { return *ImGui::GetWindowDrawList(); }

  float text_width(ImFont* font, const std::string& text) const;
  float text_height(ImFont* font) const { return font->FontSize; }
  // One line within `room` from `left`; its upper edge at `top`.
  void line(ImFont* font, Color color, const std::string& text, float left, float top, float room,
            Align align = Align::kLeft);
  // A label and its value on one line of the column; the label gives way. Moves down.
  void pair(const std::string& label, const std::string& value, ImFont* value_font,
            Color label_color, Color value_color);
  // As many lines as it takes within `room`; gives their height.
  float block(ImFont* font, Color color, const std::string& text, float left, float top,
              float room);
  // The same within the column. Moves down.
  void paragraph(ImFont* font, Color color, const std::string& text);
  float paragraph_height(ImFont* font, const std::string& text, float room) const;
  void space(double logical) { y += px(logical); }
  void text_space(double logical) { y += text_px(logical); }

  bool button(const std::string& name, const std::string& label, ImVec2 at, ImVec2 size,
              ButtonKind kind, bool enabled = true);
  float button_width(const std::string& label) const;
  bool icon_button(const std::string& name, Icon icon, ImVec2 at, float size);
  // A row that can be pressed anywhere; draws only what shows hover and focus.
  bool row(const std::string& name, ImVec2 at, ImVec2 size, bool enabled);
  void tick_box(ImVec2 at, float size, bool ticked, bool enabled);
  bool toggle(const std::string& name, ImVec2 at, bool on, bool enabled);
  static float toggle_width() { return 36; }

  void meter(float left, float top, float length, double height, std::optional<double> fraction,
             Color fill);
  void dot(ImVec2 centre, double radius, Color color);

 private:
  struct Press {
    bool pressed = false, hovered = false, focused = false;
  };
  struct Colors {
    std::optional<Color> ground;
    Color ink;
  };
  Colors colors_of(ButtonKind kind, bool enabled, bool hovered) const;
  Press control(const std::string& name, ImVec2 at, ImVec2 size, bool enabled);
  // The same text with its lines ended where they do not fit into `room`.
  std::string in_lines(ImFont* font, const std::string& text, float room) const;
  void focus_ring(ImVec2 at, ImVec2 size, float rounding);

  const Scales scales_;
};

// A group on its own ground; its height is what was put into it. `title` may be empty.
class Card {
 public:
  explicit Card(Canvas& canvas);
  ~Card();
  Card(const Card&) = delete;
  Card& operator=(const Card&) = delete;

 private:
  Canvas& canvas_;
  ImDrawListSplitter splitter_;
  const float left_, top_, width_;
};

}  // namespace lull::ui
