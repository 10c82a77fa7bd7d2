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
  Color button, button_hover, on_button;  // every other button
  Color meter, cached;                    // fills of meters and arcs
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

// A pair that meets on the screen and the least contrast it must have: 4.5 for text (1.4.3), 3 for
// what has to be made out otherwise (1.4.11).
struct ColorPair {
  std::string_view name;
  Color above, below;
  double least = 4.5;
};
// Every pair that is drawn.
std::vector<ColorPair> pairs_of(const Theme& theme);

}  // namespace lull::ui
