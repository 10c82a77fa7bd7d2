// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/cancel.h"
#include "core/base/result.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent::presence {

// Asks systemd-resolved to forget the names it knows (org.freedesktop.resolve1(5), FlushCaches:
// every user may). On a fiber of the engine; waits on `blocking` for the answer, two seconds at
// most, and for nothing before the bus has answered a knock. kUnavailable without a bus or without
// resolved, kTimeout, kPermissionDenied, kCancelled.
base::Status flush_resolver(scheduler::Engine& engine, scheduler::Executor& blocking,
                            const base::CancelToken& cancel);

}  // namespace lull::agent::presence
