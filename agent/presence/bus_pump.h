// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "scheduler/engine.h"

namespace sdbus {
class IConnection;
}

namespace lull::agent::presence {

// Drives one D-Bus connection on the engine: parks on its socket, wakes for messages and time-outs
// of calls, and for nothing else. Handlers of the connection run on the fiber that is in run(), so
// they may wait as little as they like; they must be small (a fiber's stack is 64 KiB).
// Engine thread only. The connection must outlive the pump.
class BusPump {
 public:
  BusPump(scheduler::Engine& engine, sdbus::IConnection& connection);
  ~BusPump();
  BusPump(const BusPump&) = delete;
  BusPump& operator=(const BusPump&) = delete;

  // On a fiber: handles what comes until `cancel` fires (then it is no error) or the connection is
  // lost (kUnavailable).
  base::Status run(const base::CancelToken& cancel);
  // To be called after something was sent from outside of a handler: the time to wake up may have
  // changed, or bytes may be left over. May be called from anywhere on the engine's thread.
  void poke();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with handlers that may still be queued
};

}  // namespace lull::agent::presence
