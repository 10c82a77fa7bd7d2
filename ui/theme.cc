// SPDX-License-Identifier: MIT
#include "ui/theme.h"

#include <algorithm>
#include <cmath>

namespace lull::ui {
namespace {

constexpr Color rgb(std::uint32_t hex) {
  return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8),
          static_cast<std::uint8_t>(hex), 255};
}

double linear(std::uint8_t channel) {
  const double value = channel / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(Color color) {
  return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}

constexpr double kText = 4.5, kShape = 3.0;

// On what panels, rows under the pointer and the header stand on.
void add_grounds(const Theme& theme, std::vector<ColorPair>& pairs) {
  const struct {
    std::string_view name;
    Color color;
  } grounds[] = {{"window", theme.window}, {"card", theme.card}, {"card_hover", theme.card_hover}};
  for (const auto& [name, below] : grounds) {
    for (const Color text :
         {theme.text, theme.muted, theme.good, theme.warning, theme.critical, theme.link})
      pairs.push_back({name, text, below, kText});
    for (const Color shape : {theme.focus, theme.meter, theme.cached})
      pairs.push_back({name, shape, below, kShape});
    pairs.push_back({name, blended(theme.muted, kScrollMark, below), below, kShape});
  }
}

void add_buttons(const Theme& theme, std::vector<ColorPair>& pairs) {
  pairs.push_back({"accent", theme.on_accent, theme.accent, kText});
  pairs.push_back({"accent_hover", theme.on_accent, theme.accent_hover, kText});
  pairs.push_back({"button", theme.on_button, theme.button, kText});
  pairs.push_back({"button_hover", theme.on_button, theme.button_hover, kText});
  pairs.push_back({"a button that is off", theme.muted, theme.track, kText});
  // A word that is in force is told from the others by its ground.
  for (const Color ground : {theme.accent, theme.accent_hover}) {
    pairs.push_back({"a chosen word on window", ground, theme.window, kShape});
    pairs.push_back({"a chosen word on card", ground, theme.card, kShape});
  }
  pairs.push_back({"a chosen word that is locked", theme.card, theme.muted, kText});
  for (const Color ground : {theme.accent, theme.accent_hover, theme.button, theme.button_hover})
    pairs.push_back({"focus beside a button", theme.focus, ground, kShape});
}

void add_fields_and_marks(const Theme& theme, std::vector<ColorPair>& pairs) {
  pairs.push_back({"text field", theme.text, theme.track, kText});
  pairs.push_back({"selection", theme.text, theme.selection, kText});
  // Of a tick and a switch; `muted` and `meter` on cards are above.
  pairs.push_back({"mark on a fill", theme.card, theme.meter, kShape});
  pairs.push_back({"mark on what is off", theme.card, theme.muted, kShape});
}

void add_charts(const Theme& theme, std::vector<ColorPair>& pairs) {
  pairs.push_back({"cached on track", theme.cached, theme.track, kShape});
  for (const Color fill : {theme.meter, theme.warning, theme.critical}) {
    pairs.push_back({"fill on track", fill, theme.track, kShape});
    pairs.push_back({"curve on its tint", fill, blended(fill, kCurveTint, theme.card), kShape});
  }
}

}  // namespace

const Theme& dark_theme() {
  static const Theme theme{.dark = true,
                           .window = rgb(0x1c1d21),
                           .card = rgb(0x26282e),
                           .card_hover = rgb(0x30333b),
                           .border = rgb(0x3a3d46),
                           .track = rgb(0x3a3d46),
                           .text = rgb(0xf0f1f4),
                           .muted = rgb(0xa6abb8),
                           .accent = rgb(0x2e6ddf),
                           .accent_hover = rgb(0x3172e4),
                           .on_accent = rgb(0xffffff),
                           .button = rgb(0x3a3e48),
                           .button_hover = rgb(0x474c58),
                           .on_button = rgb(0xf0f1f4),
                           .link = rgb(0x6fa9ff),
                           .selection = rgb(0x2b5fc2),
                           .meter = rgb(0x5b9dff),
                           .cached = rgb(0x788bac),
                           .good = rgb(0x4cc38a),
                           .warning = rgb(0xf2b13c),
                           .critical = rgb(0xff7b72),
                           .focus = rgb(0xd6e6ff)};
  return theme;
}

const Theme& light_theme() {
  static const Theme theme{.dark = false,
                           .window = rgb(0xf3f4f7),
                           .card = rgb(0xffffff),
                           .card_hover = rgb(0xeef1f6),
                           .border = rgb(0xd9dde5),
                           .track = rgb(0xe1e5ec),
                           .text = rgb(0x1b1d22),
                           .muted = rgb(0x5a606c),
                           .accent = rgb(0x1f62d6),
                           .accent_hover = rgb(0x2a6ae0),
                           .on_accent = rgb(0xffffff),
                           .button = rgb(0xe6e9ef),
                           .button_hover = rgb(0xd9dde6),
                           .on_button = rgb(0x1b1d22),
                           .link = rgb(0x1f5fd0),
                           .selection = rgb(0x7aa2f0),
                           .meter = rgb(0x2a6fdb),
                           .cached = rgb(0x738199),
                           .good = rgb(0x147a48),
                           .warning = rgb(0x8a5a00),
                           .critical = rgb(0xc02a23),
                           .focus = rgb(0x08142e)};
  return theme;
}

Color fill_of(const Theme& theme, Tone tone) {
  switch (tone) {
    case Tone::kWarning:
      return theme.warning;
    case Tone::kCritical:
      return theme.critical;
    default:
      return theme.meter;
  }
}

Color text_of(const Theme& theme, Tone tone) {
  switch (tone) {
    case Tone::kNeutral:
      return theme.text;
    case Tone::kMuted:
      return theme.muted;
    case Tone::kGood:
      return theme.good;
    case Tone::kWarning:
      return theme.warning;
    case Tone::kCritical:
      return theme.critical;
  }
  return theme.text;
}

double contrast_ratio(Color first, Color second) {
  const double one = luminance(first), two = luminance(second);
  return (std::max(one, two) + 0.05) / (std::min(one, two) + 0.05);
}

Color blended(Color above, double opacity, Color below) {
  const auto mix = [&](std::uint8_t one, std::uint8_t other) {
    return static_cast<std::uint8_t>(std::lround(one * opacity + other * (1 - opacity)));
  };
  return {mix(above.r, below.r), mix(above.g, below.g), mix(above.b, below.b), 255};
}

std::vector<ColorPair> pairs_of(const Theme& theme) {
  std::vector<ColorPair> pairs;
  add_grounds(theme, pairs);
  add_buttons(theme, pairs);
  add_fields_and_marks(theme, pairs);
  add_charts(theme, pairs);
  return pairs;
}

}  // namespace lull::ui
