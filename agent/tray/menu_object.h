// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/presence/sdbus_compat.h"
#include "agent/tray/tray_menu.h"

namespace lull::agent::tray {

// The item's menu on the bus: com.canonical.dbusmenu, version 3, one level deep. Panels draw it.
// Made on a thread that may wait, then used by the engine's alone.
class MenuObject {
 public:
  // `wished` is called from within the handling of messages: must not wait. May throw sdbus::Error.
  MenuObject(sdbus::IConnection& connection, const std::string& path,
             std::function<void(TrayWish)> wished);

  // From now on. Says so on the bus only when other entries are there; the note is news to whoever
  // is about to show the menu.
  void show(const MenuState& state);

 private:
  presence::compat::InterfaceTable table();
  base::Status get_layout(sdbus::Message& call, sdbus::Message& reply);
  base::Status get_group_properties(sdbus::Message& call, sdbus::Message& reply) const;
  base::Status get_property(sdbus::Message& call, sdbus::Message& reply) const;
  base::Status event(sdbus::Message& call);
  base::Status event_group(sdbus::Message& call, sdbus::Message& reply);
  base::Status about_to_show(sdbus::Message& call, sdbus::Message& reply) const;
  base::Status about_to_show_group(sdbus::Message& call, sdbus::Message& reply) const;
  bool knows(std::int32_t id) const;
  bool is_stale() const { return told_ != items_; }

  const std::function<void(TrayWish)> wished_;
  MenuState state_;
  std::vector<MenuItem> items_;
  std::vector<MenuItem> told_;  // as the last host was told
  std::uint32_t revision_ = 1;
  std::unique_ptr<sdbus::IObject> object_;
};

}  // namespace lull::agent::tray
