// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/cancel.h"
#include "core/base/environment.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent::tray {

// Who would show a status item.
enum class TrayHost {
  kNone,   // no session bus, nobody who owns the watcher's name, or a watcher without a host
  kFound,  // a panel shows status items
};

// Asks the session bus (DBUS_SESSION_BUS_ADDRESS, else $XDG_RUNTIME_DIR/bus) whether
// org.kde.StatusNotifierWatcher has a host (StatusNotifierItem specification,
// IsStatusNotifierHostRegistered). Starts no service. On a fiber of the engine; the bus is asked on
// `blocking`, and only after it has answered a knock. Waits for `patience` at most, twice.
TrayHost find_tray_host(scheduler::Engine& engine, scheduler::Executor& blocking,
                        const base::EnvironmentLookup& environment, base::Duration patience,
                        const base::CancelToken& cancel);

}  // namespace lull::agent::tray
