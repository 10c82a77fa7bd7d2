// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ui/view/view_model.h"

// The colours of the popover. Pure; any thread.
namespace lull::ui {

// Not premultiplied, sRGB.
struct Color {
  std::uint8_t r = 0, g = 0, b = 0, a = 255;
  friend bool operator==(const Color&, const Color&) = default;
};

struct Theme {
  bool dark = true;
  Color window, card, card_hover;  // behind everything; behind a group; a row under the pointer
  Color border, track;             // hairlines; the empty part of a meter
  Color text, muted;               // on window and card
  Color accent, accent_hover, on_accent;  // the big button and what stands on it
  Color button, button_hover, on_button;  // every other button with a ground
  Color link;                             // text of buttons without one, on window and card
  Color selection;                        // behind the marked part of an open text field
  Color meter, cached;                    // fills of meters, arcs, ticks and switches
  Color good, warning, critical;          // as text and as fill
  Color focus;                            // the ring around what the keyboard is at
};

const Theme& dark_theme();
const Theme& light_theme();

// What a tone is drawn in.
Color fill_of(const Theme& theme, Tone tone);
Color text_of(const Theme& theme, Tone tone);

// WCAG 2.2, relative luminance and contrast ratio (1..21) of opaque colours.
// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
double contrast_ratio(Color first, Color second);

// `above` as it looks with this opacity (0..1) on an opaque ground.
Color blended(Color above, double opacity, Color below);
// Of the ground below a curve in the curve's colour, and of the mark of where a page is scrolled
// to.
inline constexpr double kCurveTint = 0.16, kScrollMark = 0.8;

// A pair that meets on the screen and the least contrast it must have: 4.5 for text (1.4.3), 3 for
// what has to be made out otherwise (1.4.11). Text of what cannot be pressed counts as text, though
// the standard would let it off.
struct ColorPair {
  std::string_view name;  // of the ground
  Color above, below;
  double least = 4.5;
};
// Every pair that is drawn, but for what only adorns: hairlines, the empty part of a meter and the
// grounds of buttons, which their text tells.
std::vector<ColorPair> pairs_of(const Theme& theme);

}  // namespace lull::ui
