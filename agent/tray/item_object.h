// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/presence/sdbus_compat.h"
#include "agent/tray/menu_object.h"
#include "agent/tray/tray_menu.h"
#include "agent/tray/tray_view.h"

namespace lull::agent::tray {

// What hosts ask of the item. Called from within the handling of messages: must not wait.
struct ItemObserver {
  std::function<void(const TrayRequest&)> wished;
  std::function<void(bool forward)> scrolled;
};

// The item on the bus: org.kde.StatusNotifierItem (the specification of freedesktop.org with KDE's
// names, which is what all hosts speak, and Ayatana's label) at /StatusNotifierItem, and its menu.
// Made on a thread that may wait, then used by the engine's alone.
class ItemObject {
 public:
  // Waits for the bus. May throw sdbus::Error.
  ItemObject(sdbus::IConnection& connection, ItemObserver observer);

  // Its name on the bus, to be told to the watcher.
  const std::string& name() const { return name_; }
  // Shows this from now on and tells whoever listens what is new.
  void show(const TrayView& view);

 private:
  presence::compat::InterfaceTable table();
  void draw();

  const ItemObserver observer_;
  const std::string name_;
  TrayView view_;
  std::vector<Pixmap> pictures_;
  std::unique_ptr<sdbus::IObject> object_;
  MenuObject menu_;
};

}  // namespace lull::agent::tray
