// SPDX-License-Identifier: MIT
#include <iterator>
#include <utility>

#include "agent/presence/display_presence.h"
#include "agent/presence/logind_user_idle.h"
#include "agent/presence/seat_presence.h"
#include "agent/presence/session_bus.h"
#include "agent/presence/session_inhibitors.h"
#include "agent/presence/user_presence.h"

namespace lull::agent::presence {
namespace {

// Jobs that are held back look again every half a minute (scheduler/job_scheduler_timing.h): while
// one is, the compositor is listened to, and nobody has to be away for the time twice.
constexpr base::Duration kWaylandLease = std::chrono::minutes(3);

DisplayPresence::Options display_options(const PresenceNeeds& needs) {
  DisplayPresence::Options options;
  const bool wayland = is_on_wayland(base::process_environment);
  options.possible = wayland || is_on_x11(base::process_environment);
  options.find_program = wayland ? needs.find_wayland_program : needs.find_x11_program;
  options.idle_after = needs.idle_after;
  options.changed = needs.changed;
  options.knows_since_start = wayland;
  if (wayland) options.lease = kWaylandLease;
  return options;
}

class LinuxPresence final : public UserPresence {
 public:
  LinuxPresence(scheduler::Engine& engine, scheduler::Executor& blocking,
                const PresenceNeeds& needs)
      : logind_(LogindUserIdle::connect(engine, blocking, needs.changed)),
        display_(engine, blocking, display_options(needs)),
        desktop_(engine.time(), needs.changed),
        seat_({[this] { return logind_->read(); }, [this] { return logind_->inhibited_by(); },
               [this] { return display_.look(); }, needs.idle_after}),
        session_(engine, blocking, base::process_environment, {&desktop_}) {}

  model::UserIdle read() override { return seat_.read(); }
  model::IdleInhibitors inhibited_by() override {
    model::IdleInhibitors all = desktop_.inhibited_by();
    std::vector<std::string> names = seat_.inhibited_by();
    all.names.insert(all.names.begin(), std::make_move_iterator(names.begin()),
                     std::make_move_iterator(names.end()));
    return all;
  }
  model::UserIdle known() override { return logind_->read(); }

 private:
  const std::unique_ptr<LogindUserIdle> logind_;
  DisplayPresence display_;
  SessionInhibitors desktop_;
  SeatPresence seat_;
  SessionBus session_;  // last, so that it ends first; there with or without a status item
};

}  // namespace

std::unique_ptr<UserPresence> watch_user(scheduler::Engine& engine, scheduler::Executor& blocking,
                                         const PresenceNeeds& needs) {
  return std::make_unique<LinuxPresence>(engine, blocking, needs);
}

}  // namespace lull::agent::presence
