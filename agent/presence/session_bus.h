// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/environment.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace sdbus {
class IConnection;
}

namespace lull::agent::presence {

// A part of the program that lives on the session bus.
class BusGuest {
 public:
  virtual ~BusGuest() = default;

  // The connection is there: puts objects and subscriptions on it. Runs on a thread that may wait,
  // while the engine leaves the guest alone. May throw sdbus::Error, which ends the connection.
  virtual void move_in(sdbus::IConnection& connection) = 0;
  // On the engine: from now on messages are handled there. `poke` is to be called after something
  // was sent from outside of a handler.
  virtual void settle_in(std::function<void()> poke) = 0;
  // On the engine: the connection goes; whatever belongs to it goes now. Also called after a
  // move_in() that failed.
  virtual void move_out() = 0;
  // On the engine: there is no bus, or it could not be reached; what follows is another try.
  virtual void stay_away() = 0;
};

// As libsystemd looks for it: DBUS_SESSION_BUS_ADDRESS, else $XDG_RUNTIME_DIR/bus; empty if neither
// is known.
std::string session_bus_address(const base::EnvironmentLookup& environment);

// One connection to the session bus that all guests share. It is opened only after the bus has
// answered a knock; when it is lost or cannot be had, tries again after one second, then after ever
// longer pauses of up to five minutes. Without an address it never tries.
// Engine thread. The guests must outlive it; it must be destroyed on a fiber.
class SessionBus {
 public:
  SessionBus(scheduler::Engine& engine, scheduler::Executor& blocking,
             const base::EnvironmentLookup& environment, std::vector<BusGuest*> guests);
  ~SessionBus();
  SessionBus(const SessionBus&) = delete;
  SessionBus& operator=(const SessionBus&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::agent::presence
