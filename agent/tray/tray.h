// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "agent/presence/session_bus.h"
#include "agent/tray/color_scheme.h"
#include "agent/tray/item_object.h"
#include "agent/tray/lock_watch.h"
#include "agent/tray/tray_updater.h"
#include "agent/tray/watcher_link.h"
#include "agent/tray/wish_queue.h"
#include "scheduler/engine.h"
#include "scheduler/task_group.h"

namespace lull::agent::tray {

// The status item: what panels show of Lull. A guest of the session bus; whether there is a bus, a
// watcher or a panel is logged in one line when it is news, and everything else goes on.
// Engine thread.
class Tray final : public presence::BusGuest {
 public:
  struct Hooks {
    TrayUpdater::Sources sources;
    // What a person wants; one at a time, on a fiber, may wait.
    std::function<void(const TrayRequest&)> act;
  };
  Tray(scheduler::Engine& engine, TrayChoice choice, Hooks hooks);

  void apply(const TrayChoice& choice) { updater_.apply(choice); }  // the settings have changed
  void news() { updater_.news(); }  // something that it shows may have changed
  // As if a person had clicked on the item: `act` is called, later and on a fiber.
  void ask(const TrayRequest& request) { wishes_.ask(request); }

  // What the desktop has said of its windows' colours; nullopt: nothing.
  std::optional<bool> prefers_dark() const {
    return colors_ ? colors_->prefers_dark() : std::nullopt;
  }

  void move_in(sdbus::IConnection& connection) override;
  void settle_in(std::function<void()> poke) override;
  void move_out() override;
  void stay_away() override { log_host(false, " (no session bus answers)"); }

 private:
  void show(const TrayView& view);
  void host_found(bool found);
  void log_host(bool found, const char* why = "");

  TrayUpdater updater_;
  WishQueue wishes_;
  std::function<void()> poke_;
  std::optional<bool> logged_;
  // With the connection they come and go.
  std::unique_ptr<ItemObject> item_;
  std::unique_ptr<WatcherLink> watcher_;
  std::unique_ptr<LockWatch> lock_;
  std::unique_ptr<ColorScheme> colors_;
  scheduler::TaskGroup group_;
};

}  // namespace lull::agent::tray
