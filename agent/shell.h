// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/notify/notice.h"
#include "agent/tray/tray_menu.h"
#include "agent/tray/tray_updater.h"
#include "core/base/environment.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent {

// What of the desktop shows the agent: the status item and notices. One that has none of these is a
// shell too; nothing is said only here. Engine thread; destroyed on a fiber.
class Shell {
 public:
  struct Hooks {
    tray::TrayUpdater::Sources sources;
    // What a person wants of the item or of a notice; one at a time, on a fiber, may wait.
    std::function<void(const tray::TrayRequest&)> act;
    // The key of the action of a notice that was chosen ("default": a click on the notice itself).
    std::function<void(const std::string& key)> chosen;
    // Somebody shows notices now who did not before; must not wait.
    std::function<void()> listening;
  };
  virtual ~Shell() = default;

  virtual void apply(const tray::TrayChoice& choice) = 0;  // the settings have changed
  virtual void news() = 0;  // something that the item shows may have changed
  // What the desktop says of its windows' colours; nullopt: nothing that we know of.
  virtual std::optional<bool> prefers_dark() const = 0;
  virtual bool has_display() const = 0;  // for a window
  // As if it had been asked for at the item.
  virtual void ask(const tray::TrayRequest& request) = 0;
  // Shows it in the place of the one before on its topic, unless there have been too many. False:
  // it was held back, or nobody shows notices now. Else `answered` hears once what became of it, if
  // the shell lives so long. macOS shows no buttons: a click is all there.
  virtual bool post(notify::Notice notice, notify::Answered answered = {}) = 0;
};

// Linux: StatusNotifierItem and org.freedesktop.Notifications on the session bus, which may come
// and go. macOS: NSStatusItem and UNUserNotificationCenter.
std::unique_ptr<Shell> make_shell(scheduler::Engine& engine, scheduler::Executor& blocking,
                                  const base::EnvironmentLookup& environment,
                                  const tray::TrayChoice& choice, Shell::Hooks hooks);

}  // namespace lull::agent
