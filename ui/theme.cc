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
                           .accent = rgb(0x2b67d9),
                           .accent_hover = rgb(0x3070e2),
                           .on_accent = rgb(0xffffff),
                           .button = rgb(0x3a3e48),
                           .button_hover = rgb(0x474c58),
                           .on_button = rgb(0xf0f1f4),
                           .meter = rgb(0x5b9dff),
                           .cached = rgb(0x6d7f9e),
                           .good = rgb(0x4cc38a),
                           .warning = rgb(0xf2b13c),
                           .critical = rgb(0xff7b72),
                           .focus = rgb(0x9cc2ff)};
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
                           .accent_hover = rgb(0x1955bd),
                           .on_accent = rgb(0xffffff),
                           .button = rgb(0xe6e9ef),
                           .button_hover = rgb(0xd9dde6),
                           .on_button = rgb(0x1b1d22),
                           .meter = rgb(0x2a6fdb),
                           .cached = rgb(0x7d8ba3),
                           .good = rgb(0x147a48),
                           .warning = rgb(0x8a5a00),
                           .critical = rgb(0xc02a23),
                           .focus = rgb(0x1f62d6)};
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

std::vector<ColorPair> pairs_of(const Theme& theme) {
  std::vector<ColorPair> pairs;
  const struct {
    std::string_view name;
    Color color;
  } grounds[] = {{"window", theme.window}, {"card", theme.card}, {"card_hover", theme.card_hover}};
  for (const auto& [ground, below] : grounds) {
    pairs.push_back({ground, theme.text, below, 4.5});
    pairs.push_back({ground, theme.muted, below, 4.5});
    pairs.push_back({ground, theme.good, below, 4.5});
    pairs.push_back({ground, theme.warning, below, 4.5});
    pairs.push_back({ground, theme.critical, below, 4.5});
    pairs.push_back({ground, theme.focus, below, 3.0});
    pairs.push_back({ground, theme.meter, below, 3.0});
    pairs.push_back({ground, theme.cached, below, 3.0});
  }
  pairs.push_back({"accent", theme.on_accent, theme.accent, 4.5});
  pairs.push_back({"accent_hover", theme.on_accent, theme.accent_hover, 4.5});
  pairs.push_back({"accent on window", theme.accent, theme.window, 3.0});
  pairs.push_back({"button", theme.on_button, theme.button, 4.5});
  pairs.push_back({"button_hover", theme.on_button, theme.button_hover, 4.5});
  pairs.push_back({"meter on track", theme.meter, theme.track, 3.0});
  pairs.push_back({"warning on track", theme.warning, theme.track, 3.0});
  pairs.push_back({"critical on track", theme.critical, theme.track, 3.0});
  return pairs;
}

}  // namespace lull::ui
