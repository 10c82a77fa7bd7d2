// SPDX-License-Identifier: MIT
#include "agent/tray/mac_view.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace lull::agent::tray {
namespace {

std::vector<std::uint8_t> premultiplied(const Pixmap& picture) {
  std::vector<std::uint8_t> rgba(picture.argb.size());
  for (std::size_t at = 0; at + 3 < rgba.size(); at += 4) {
    const unsigned alpha = picture.argb[at];
    for (std::size_t channel = 0; channel < 3; ++channel)
      rgba[at + channel] =
          static_cast<std::uint8_t>((picture.argb[at + 1 + channel] * alpha + 127) / 255);
    rgba[at + 3] = static_cast<std::uint8_t>(alpha);
  }
  return rgba;
}

// The entry for the session stands where the settings are.
std::vector<MacMenuRow> rows_of(const MenuState& state) {
  std::vector<MacMenuRow> rows;
  for (const MenuItem& item : menu_items(state)) {
    rows.push_back({item.id, item.kind, without_access_key_marks(item.label)});
    if (wish_of(item.id, state) == TrayWish::kPreferences)
      rows.push_back({kStartAtLogin, MenuItem::Kind::kEntry, "Start at login"});
  }
  return rows;
}

// Beyond what any screen has, and what cannot be told.
std::int32_t whole(double value) {
  constexpr double kFar = 1'000'000;
  return std::isfinite(value)
             ? static_cast<std::int32_t>(std::lround(std::clamp(value, -kFar, kFar)))
             : 0;
}

}  // namespace

std::string without_access_key_marks(std::string_view label) {
  std::string plain;
  for (std::size_t at = 0; at < label.size(); ++at) {
    if (label[at] == '_' && ++at == label.size()) break;
    plain += label[at];
  }
  return plain;
}

MenuState menu_state_of(const TrayView& view) {
  return {view.text, view.look.paused, view.undoable};
}

MacItemView mac_view_of(const TrayView& view) {
  MacItemView mac;
  mac.side = kMacIconPixels;
  mac.rgba = premultiplied(draw_icon(view.look, kMacIconPixels));
  mac.title = view.label;
  mac.tooltip = view.text;
  mac.spoken = view.title;
  mac.menu = rows_of(menu_state_of(view));
  return mac;
}

ScreenPoint point_below(const MacFrame& button, double screen_height) {
  return {whole(button.x + button.width / 2), whole(screen_height - button.y)};
}

}  // namespace lull::agent::tray
