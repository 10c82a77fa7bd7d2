// SPDX-License-Identifier: MIT
#include "agent/presence/session_bus.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/presence/bus_address.h"
#include "agent/presence/bus_knock.h"
#include "agent/presence/bus_pump.h"
#include "agent/presence/sdbus_compat.h"
#include "scheduler/offload.h"
#include "scheduler/task_group.h"

namespace lull::agent::presence {
namespace {

constexpr auto kKnockPatience = std::chrono::seconds(5);
constexpr base::Duration kFirstPause = std::chrono::seconds(1);
constexpr base::Duration kLongestPause = std::chrono::minutes(5);
// A connection that lasted so long was no mistake.
constexpr base::Duration kHealthy = std::chrono::minutes(1);

}  // namespace

std::string session_bus_address(const base::EnvironmentLookup& environment) {
  const auto address = environment("DBUS_SESSION_BUS_ADDRESS");
  if (address && !address->empty()) return *address;
  const auto runtime = environment("XDG_RUNTIME_DIR");
  return runtime && !runtime->empty() ? "unix:path=" + *runtime + "/bus" : "";
}

struct SessionBus::Impl {
  Impl(scheduler::Engine& its_engine, scheduler::Executor& its_blocking, std::string its_address,
       std::vector<BusGuest*> its_guests)
      : engine(its_engine),
        blocking(its_blocking),
        address(std::move(its_address)),
        guests(std::move(its_guests)),
        session(engine) {}

  void attend(const base::CancelToken& cancel) {
    const auto socket = parse_bus_address(address);
    if (!socket) {
      for (BusGuest* guest : guests) guest->stay_away();
      return;
    }
    while (!cancel.cancelled()) {
      const base::Status ended = open_and_run(*socket, cancel);
      if (cancel.cancelled()) return;
      if (!ended) spdlog::debug("no session bus: {}", ended.error().to_string());
      for (BusGuest* guest : guests) guest->stay_away();
      engine.sleep_for(pause, pause / 2, cancel);
      pause = std::min(pause * 2, kLongestPause);
    }
  }

  base::Status open_and_run(const BusAddress& socket, const base::CancelToken& cancel) {
    LULL_TRY(knock(engine, socket, kKnockPatience, cancel));
    const base::Status opened = scheduler::offload(engine, blocking, [this] { return open(); });
    base::Status ended = opened ? run(cancel) : opened;
    for (BusGuest* guest : guests) guest->move_out();
    connection.reset();
    return ended;
  }

  base::Status open() {
    return compat::guarded([this] {
      connection = sdbus::createSessionBusConnectionWithAddress(address);
      for (BusGuest* guest : guests) guest->move_in(*connection);
    });
  }

  base::Status run(const base::CancelToken& cancel) {
    const base::SteadyTime begun = engine.now();
    BusPump pump(engine, *connection);
    for (BusGuest* guest : guests) guest->settle_in([&pump] { pump.poke(); });
    base::Status ended = pump.run(cancel);
    if (engine.now() - begun >= kHealthy) pause = kFirstPause;
    return ended;
  }

  scheduler::Engine& engine;
  scheduler::Executor& blocking;
  const std::string address;
  const std::vector<BusGuest*> guests;
  base::Duration pause = kFirstPause;
  std::unique_ptr<sdbus::IConnection> connection;
  scheduler::TaskGroup session;  // last, so that it ends first
};

SessionBus::SessionBus(scheduler::Engine& engine, scheduler::Executor& blocking,
                       const base::EnvironmentLookup& environment, std::vector<BusGuest*> guests)
    : impl_(std::make_unique<Impl>(engine, blocking, session_bus_address(environment),
                                   std::move(guests))) {
  impl_->session.spawn("session bus", [impl = impl_.get()](const base::CancelToken& cancel) {
    impl->attend(cancel);
  });
}

SessionBus::~SessionBus() = default;

}  // namespace lull::agent::presence
