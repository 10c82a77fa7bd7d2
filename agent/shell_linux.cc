// SPDX-License-Identifier: MIT
#include <string>
#include <utility>

#include "agent/notify/notifier.h"
#include "agent/presence/session_bus.h"
#include "agent/shell.h"
#include "agent/tray/tray.h"

namespace lull::agent {
namespace {

bool names_display(const base::EnvironmentLookup& environment) {
  return !environment("DISPLAY").value_or("").empty() ||
         !environment("WAYLAND_DISPLAY").value_or("").empty();
}

class BusShell final : public Shell {
 public:
  BusShell(scheduler::Engine& engine, scheduler::Executor& blocking,
           const base::EnvironmentLookup& environment, const tray::TrayChoice& choice, Hooks hooks)
      : has_display_(names_display(environment)),
        notifier_(engine.time(), {[chosen = std::move(hooks.chosen)](
                                      const std::string&, const std::string& key) { chosen(key); },
                                  std::move(hooks.listening)}),
        item_(engine, choice, {std::move(hooks.sources), std::move(hooks.act)}),
        bus_(engine, blocking, environment, {&item_, &notifier_}) {}

  void apply(const tray::TrayChoice& choice) override { item_.apply(choice); }
  void news() override { item_.news(); }
  std::optional<bool> prefers_dark() const override { return item_.prefers_dark(); }
  bool has_display() const override { return has_display_; }
  void ask(const tray::TrayRequest& request) override { item_.ask(request); }
  bool post(notify::Notice notice, notify::Answered answered) override {
    return notifier_.post(std::move(notice), std::move(answered));
  }

 private:
  const bool has_display_;
  notify::Notifier notifier_;
  tray::Tray item_;
  presence::SessionBus bus_;  // last, so that it ends first
};

}  // namespace

std::unique_ptr<Shell> make_shell(scheduler::Engine& engine, scheduler::Executor& blocking,
                                  const base::EnvironmentLookup& environment,
                                  const tray::TrayChoice& choice, Shell::Hooks hooks) {
  return std::make_unique<BusShell>(engine, blocking, environment, choice, std::move(hooks));
}

}  // namespace lull::agent
