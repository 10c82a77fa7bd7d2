// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>

#include "tests/agent/presence/child.h"

namespace lull::agent::presence {

// Starts a real dbus-daemon that listens on `socket` and lets everybody do everything, and waits
// until it does. Its configuration is written beside the socket.
std::unique_ptr<Child> start_private_bus(const std::string& socket);

}  // namespace lull::agent::presence
