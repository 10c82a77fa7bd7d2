// SPDX-License-Identifier: MIT
#include "agent/tray/tray_host.h"

#include <chrono>
#include <cstdint>
#include <string>

#include "agent/presence/bus_address.h"
#include "agent/presence/bus_knock.h"
#include "agent/presence/sdbus_compat.h"
#include "scheduler/offload.h"

namespace lull::agent::tray {
namespace {

namespace compat = presence::compat;

constexpr const char* kBus = "org.freedesktop.DBus";
constexpr const char* kBusPath = "/org/freedesktop/DBus";
constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
constexpr const char* kWatcher = "org.kde.StatusNotifierWatcher";
constexpr const char* kWatcherPath = "/StatusNotifierWatcher";

std::uint64_t microseconds(base::Duration duration) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

// Asked first, because a call to a name that nobody owns might start a service.
bool has_watcher(sdbus::IConnection& connection, base::Duration patience) {
  const auto bus = compat::make_proxy(connection, kBus, kBusPath);
  auto question =
      bus->createMethodCall(compat::InterfaceName(kBus), compat::MethodName("NameHasOwner"));
  question << std::string(kWatcher);
  auto reply = bus->callMethod(question, microseconds(patience));
  bool owned = false;
  reply >> owned;
  return owned;
}

bool has_host(sdbus::IConnection& connection, base::Duration patience) {
  const auto watcher = compat::make_proxy(connection, kWatcher, kWatcherPath);
  auto question =
      watcher->createMethodCall(compat::InterfaceName(kProperties), compat::MethodName("Get"));
  question << std::string(kWatcher) << std::string("IsStatusNotifierHostRegistered");
  auto reply = watcher->callMethod(question, microseconds(patience));
  sdbus::Variant value;
  reply >> value;
  return value.containsValueOfType<bool>() && value.get<bool>();
}

base::Result<bool> ask(const std::string& address, base::Duration patience) {
  return compat::guarded([&] {
    const auto connection = sdbus::createSessionBusConnectionWithAddress(address);
    return has_watcher(*connection, patience) && has_host(*connection, patience);
  });
}

// As libsystemd looks for it.
std::string session_bus(const base::EnvironmentLookup& environment) {
  const auto address = environment("DBUS_SESSION_BUS_ADDRESS");
  if (address && !address->empty()) return *address;
  const auto runtime = environment("XDG_RUNTIME_DIR");
  return runtime && !runtime->empty() ? "unix:path=" + *runtime + "/bus" : "";
}

}  // namespace

TrayHost find_tray_host(scheduler::Engine& engine, scheduler::Executor& blocking,
                        const base::EnvironmentLookup& environment, base::Duration patience,
                        const base::CancelToken& cancel) {
  const std::string address = session_bus(environment);
  const auto socket = presence::parse_bus_address(address);
  if (!socket || !presence::knock(engine, *socket, patience, cancel)) return TrayHost::kNone;
  const auto found = scheduler::offload(engine, blocking, [&] { return ask(address, patience); });
  return found && *found ? TrayHost::kFound : TrayHost::kNone;
}

}  // namespace lull::agent::tray
