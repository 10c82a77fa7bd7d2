// SPDX-License-Identifier: MIT
#pragma once
#include "agent/presence/bus_address.h"
#include "core/base/cancel.h"
#include "core/base/result.h"
#include "scheduler/engine.h"

namespace lull::agent::presence {

// Asks whether a message bus answers at all: connects and begins to authenticate, which a live bus
// answers at once ("OK"), then hangs up. libsystemd waits up to 90 s for a bus that is stuck, on a
// thread nobody can call back; so a bus is opened only after it has answered here.
//
// On a fiber of the engine; waits without blocking it, for `patience` at most. kTimeout,
// kCancelled, kMalformed for an answer that is not a bus's, else what connecting said.
base::Status knock(scheduler::Engine& engine, const BusAddress& address, base::Duration patience,
                   const base::CancelToken& cancel);

}  // namespace lull::agent::presence
