// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "agent/tray/mac_view.h"

namespace lull::agent::tray {

// The item in the menu bar: NSStatusItem. A click opens the popover, a click with the other button
// or Control the menu. Needs the main thread to be in NSApplication's loop (agent/main_loop.h); all
// of AppKit is done there, whoever calls.
class MacItem {
 public:
  // Called on the main thread; must not wait.
  struct Observer {
    std::function<void(const ScreenPoint& below)> clicked;
    std::function<void(std::int32_t id)> chosen;  // from the menu
    std::function<bool(std::int32_t id)> checked;
    std::function<void(bool asleep)> screens;
  };
  explicit MacItem(Observer observer);
  ~MacItem();  // any thread; the observer may be called once more
  MacItem(const MacItem&) = delete;
  MacItem& operator=(const MacItem&) = delete;

  void show(MacItemView view);  // any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::agent::tray
