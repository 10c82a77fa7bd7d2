// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/presence/sdbus_compat.h"

namespace lull::agent::tray {

// Whether the desktop wants dark windows, as GNOME, KDE and others let people choose it: the
// setting org.freedesktop.appearance color-scheme of the settings portal (xdg-desktop-portal,
// org.freedesktop.portal.Settings: 1 is dark, 2 is light, 0 is no preference). A portal that does
// not run is not started. Engine thread; for the connection's life.
class ColorScheme {
 public:
  explicit ColorScheme(sdbus::IConnection& connection);
  ColorScheme(const ColorScheme&) = delete;
  ColorScheme& operator=(const ColorScheme&) = delete;

  void ask();  // once somebody takes answers from the bus
  // nullopt: no preference, or nobody has said so (yet).
  std::optional<bool> prefers_dark() const { return dark_; }

 private:
  void read();
  void heard(std::optional<std::uint32_t> choice);

  std::unique_ptr<sdbus::IProxy> bus_, portal_;
  std::vector<sdbus::Slot> watches_;
  std::optional<bool> dark_;
};

}  // namespace lull::agent::tray
