// SPDX-License-Identifier: MIT
#include "agent/tray/tray.h"

#include <utility>

#include <spdlog/spdlog.h>

namespace lull::agent::tray {

Tray::Tray(scheduler::Engine& engine, TrayChoice choice, Hooks hooks)
    : updater_(engine, choice, std::move(hooks.sources),
               [this](const TrayView& view) { show(view); }),
      wishes_(engine, std::move(hooks.act)),
      group_(engine) {}

void Tray::move_in(sdbus::IConnection& connection) {
  item_ = std::make_unique<ItemObject>(
      connection, ItemObserver{[this](const TrayRequest& request) { ask(request); },
                               [this](bool forward) { updater_.scroll(forward); }});
  watcher_ = std::make_unique<WatcherLink>(
      connection, item_->name(),
      WatcherLink::Observer{[this] { host_found(true); }, [this] { host_found(false); }});
  lock_ =
      std::make_unique<LockWatch>(connection, [this](bool locked) { updater_.set_locked(locked); });
  colors_ = std::make_unique<ColorScheme>(connection);
}

void Tray::settle_in(std::function<void()> poke) {
  poke_ = std::move(poke);
  wishes_.start();
  updater_.start();
  // The first picture is drawn before anybody is told that there is one.
  group_.spawn("registration", [this](const base::CancelToken& cancel) {
    if (cancel.cancelled()) return;
    watcher_->ask();
    colors_->ask();
    poke_();
  });
}

void Tray::move_out() {
  updater_.stop();
  wishes_.stop();
  group_.cancel(base::CancelReason::kShutdown);
  group_.join();
  poke_ = nullptr;
  colors_.reset();
  lock_.reset();
  watcher_.reset();
  item_.reset();
}

void Tray::show(const TrayView& view) {
  item_->show(view);
  poke_();
}

void Tray::host_found(bool found) {
  updater_.set_on_panel(found);
  log_host(found);
}

void Tray::log_host(bool found, const char* why) {
  if (logged_ == found) return;
  logged_ = found;
  if (found)
    spdlog::info("the status item is on a panel");
  else
    spdlog::info("no status-notifier host was found{}; everything else runs", why);
}

}  // namespace lull::agent::tray
