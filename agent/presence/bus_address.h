// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/base/environment.h"

namespace lull::agent::presence {

// A socket of AF_UNIX; abstract names begin with a NUL byte, as in sockaddr_un.
struct BusAddress {
  std::string socket;
};

// The first Unix socket in a D-Bus address ("unix:path=/run/dbus/system_bus_socket,guid=…;tcp:…",
// D-Bus Specification 0.41, "Server Addresses", %-escapes included); nullopt if there is none or it
// does not fit sockaddr_un.
std::optional<BusAddress> parse_bus_address(std::string_view address);

// DBUS_SYSTEM_BUS_ADDRESS, else where the specification puts the system bus, as libsystemd does it.
std::optional<BusAddress> system_bus_address(
    const base::EnvironmentLookup& lookup = base::process_environment);

}  // namespace lull::agent::presence
