// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>

#include "agent/tray/tray_view.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/task_group.h"

namespace lull::agent::tray {

// Decides when to look at the machine for the item's sake and when to change what a panel shows:
// every five seconds (20 on battery) and when there is news, changes at least two seconds (five)
// apart, and never while nobody can see it. Nothing wakes up then. Engine thread.
class TrayUpdater {
 public:
  struct Sources {
    std::function<TrayReading()> read;  // of now, at little cost; on a fiber, may wait a moment
    std::function<bool()> on_battery;
  };
  // `show` gets a view whenever it differs from the one before.
  TrayUpdater(scheduler::Engine& engine, TrayChoice choice, Sources sources,
              std::function<void(const TrayView& view)> show);

  // Looks once at once, so that there is something to show before anybody asks; then as the
  // circumstances say. Until stop().
  void start();
  void stop();  // on a fiber; idempotent. Forgets what was shown and the circumstances.

  void set_on_panel(bool on_panel);
  void set_locked(bool locked);
  void news();  // something that it shows may have changed
  void apply(const TrayChoice& choice);
  // Another shape, until apply() brings another choice or the agent ends: a wheel turned by
  // accident should not change a file.
  void scroll(bool forward);

 private:
  void follow(const base::CancelToken& cancel);
  void look();
  void wait_for_the_next(base::Duration every, const base::CancelToken& cancel);

  scheduler::Engine& engine_;
  TrayChoice choice_, wanted_;  // as now, and as the settings say
  const Sources sources_;
  const std::function<void(const TrayView&)> show_;
  TrayCircumstances circumstances_;
  std::optional<TrayView> shown_;
  scheduler::Event news_;
  std::optional<base::CancelSource> nap_;  // while it waits for time or news
  scheduler::TaskGroup group_;
};

}  // namespace lull::agent::tray
