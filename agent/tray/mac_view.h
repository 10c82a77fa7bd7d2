// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tray/icon.h"
#include "agent/tray/tray_menu.h"
#include "agent/tray/tray_view.h"

// The status item as AppKit wants it: all that need not be Objective-C. Pure; any thread.
namespace lull::agent::tray {

// Points; a picture of kMacIconPixels shows sharp on screens with two pixels a point.
inline constexpr int kMacIconPoints = 18;
inline constexpr int kMacIconPixels = 36;

struct MacMenuRow {
  std::int32_t id = 0;
  MenuItem::Kind kind = MenuItem::Kind::kEntry;
  std::string title;  // without marks of access keys, which macOS has none of

  bool operator==(const MacMenuRow&) const = default;
};

struct MacItemView {
  int side = 0;                    // pixels
  std::vector<std::uint8_t> rgba;  // rows from the top, alpha multiplied in, as NSBitmapImageRep
  std::string title;               // beside the picture; may be empty
  std::string tooltip;
  std::string spoken;  // for VoiceOver
  std::vector<MacMenuRow> menu;
};

// The entry that only macOS has, with a check mark: whether the agent starts with the session.
// Elsewhere that is the package's affair.
inline constexpr std::int32_t kStartAtLogin = 200;

MacItemView mac_view_of(const TrayView& view);
// The state whose menu that is, for wish_of().
MenuState menu_state_of(const TrayView& view);

// "_Open" is "Open", "a__b" is "a_b".
std::string without_access_key_marks(std::string_view label);

// A button's frame on the screen in points, from the lower left corner of the first screen, which
// is `screen_height` high; its middle below it, from the upper left corner as the popover wants it.
struct MacFrame {
  double x = 0, y = 0, width = 0, height = 0;
};
ScreenPoint point_below(const MacFrame& button, double screen_height);

}  // namespace lull::agent::tray
