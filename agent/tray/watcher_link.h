// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/presence/sdbus_compat.h"

namespace lull::agent::tray {

// Keeps the item registered with org.kde.StatusNotifierWatcher, which tells the panels: when it
// appears, when it appears again, and when it was there before us. Starts no service.
// Made on a thread that may wait, then used by the engine's alone.
class WatcherLink {
 public:
  // Called from within the handling of messages, each only when it is news: must not wait.
  struct Observer {
    // A panel shows items (StatusNotifierItem specification, IsStatusNotifierHostRegistered), and
    // ours is among them.
    std::function<void()> shown;
    // No watcher, or none with a panel, or one that does not take our item.
    std::function<void()> hidden;
  };

  // `item` is the name on the bus of what is to be registered. Waits for the bus. May throw
  // sdbus::Error.
  WatcherLink(sdbus::IConnection& connection, std::string item, Observer observer);

  // Asks who is there; the answer comes to the observer.
  void ask();

 private:
  void owner_changed(bool owned);
  void register_item();
  void registered(bool taken);
  void ask_for_host();
  void tell(bool shown);

  const std::string item_;
  const Observer observer_;
  std::unique_ptr<sdbus::IProxy> bus_, watcher_;
  sdbus::Slot owner_watch_;
  std::vector<sdbus::Slot> host_watches_;
  bool registered_ = false;
  std::optional<bool> told_;
};

}  // namespace lull::agent::tray
