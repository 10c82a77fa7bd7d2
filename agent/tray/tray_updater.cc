// SPDX-License-Identifier: MIT
#include "agent/tray/tray_updater.h"

#include <utility>

namespace lull::agent::tray {

TrayUpdater::TrayUpdater(scheduler::Engine& engine, TrayChoice choice, Sources sources,
                         std::function<void(const TrayView& view)> show)
    : engine_(engine),
      choice_(choice),
      wanted_(choice),
      sources_(std::move(sources)),
      show_(std::move(show)),
      news_(engine),
      group_(engine) {}

void TrayUpdater::start() {
  group_.spawn("status item", [this](const base::CancelToken& cancel) { follow(cancel); });
}

void TrayUpdater::stop() {
  group_.cancel(base::CancelReason::kShutdown);
  group_.join();
  circumstances_ = {};
  shown_.reset();
}

void TrayUpdater::follow(const base::CancelToken& cancel) {
  look();
  while (!cancel.cancelled()) {
    const auto every = look_every(circumstances_);
    if (!every) {
      news_.wait(cancel);
      news_.reset();
      continue;
    }
    look();
    wait_for_the_next(*every, cancel);
  }
}

void TrayUpdater::look() {
  circumstances_.on_battery = sources_.on_battery();
  TrayView view = view_of(sources_.read(), choice_, shown_);
  if (shown_ == view) return;
  show_(view);
  shown_ = std::move(view);
}

// One wake-up where all is calm; news soon after a look wait until what is shown may change again.
void TrayUpdater::wait_for_the_next(base::Duration every, const base::CancelToken& cancel) {
  const base::SteadyTime looked = engine_.now();
  const base::Duration pause = change_pause(circumstances_);
  if (!news_.is_set()) {
    nap_.emplace(cancel);
    engine_.sleep_for(every, (every - pause) / 2, nap_->token());
    nap_.reset();
  }
  if (const base::Duration past = engine_.now() - looked; past < pause)
    engine_.sleep_for(pause - past, {}, cancel);
  news_.reset();
}

void TrayUpdater::news() {
  news_.set();
  if (nap_) nap_->cancel(base::CancelReason::kDeadline);
}

void TrayUpdater::set_on_panel(bool on_panel) {
  if (std::exchange(circumstances_.on_panel, on_panel) != on_panel) news();
}

void TrayUpdater::set_locked(bool locked) {
  if (std::exchange(circumstances_.locked, locked) != locked) news();
}

void TrayUpdater::apply(const TrayChoice& choice) {
  if (std::exchange(wanted_, choice) == choice) return;
  choice_ = choice;
  news();
}

void TrayUpdater::scroll(bool forward) {
  choice_.icon = next_shape(choice_.icon, forward);
  news();
}

}  // namespace lull::agent::tray
