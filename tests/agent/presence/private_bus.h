// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>

#include "tests/agent/presence/child.h"

namespace lull::agent::presence {

// Starts a real dbus-daemon that listens on `socket` and lets everybody do everything, and waits
// until it does. Its configuration is written beside the socket. `services`: a directory with the
// *.service files of what it may start; empty: nothing.
std::unique_ptr<Child> start_private_bus(const std::string& socket,
                                         const std::string& services = "");

}  // namespace lull::agent::presence
