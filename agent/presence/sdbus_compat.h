// SPDX-License-Identifier: MIT
#pragma once
// sdbus-c++ 1.2 (Debian 12) and 2.x (Debian 13, Ubuntu 24.10) are one library in two spellings;
// what this code uses of it is spelled once, here. LULL_SDBUS_MAJOR comes from
// packaging/cmake/LullDependencies.cmake. What does not
// return a Result may throw sdbus::Error.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <poll.h>
#include <sdbus-c++/sdbus-c++.h>

#include "core/base/result.h"

namespace lull::agent::presence::compat {

// Runs `act` and makes a value of what it throws, right where it was thrown.
template <class Act>
auto guarded(Act act) -> base::Result<std::invoke_result_t<Act>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Act>>) {
      act();
      return {};
    } else {
      return act();
    }
  } catch (const sdbus::Error& error) {
    return base::fail(base::ErrorCode::kUnavailable, "message bus: " + error.getMessage());
  }
}

// Handles one pending event; false when there was none, an error when the connection is lost.
inline base::Result<bool> process_one(sdbus::IConnection& connection) {
  return guarded([&] {
#if LULL_SDBUS_MAJOR >= 2
    return connection.processPendingEvent();
#else
    return connection.processPendingRequest();
#endif
  });
}

// What to wait for. For ever without a timeout.
struct Wait {
  int fd = -1;
  bool for_writing = false;
  std::optional<std::chrono::microseconds> at_most;
};
inline base::Result<Wait> what_to_wait_for(const sdbus::IConnection& connection) {
  return guarded([&] {
    const auto poll = connection.getEventLoopPollData();
    Wait wait{poll.fd, (poll.events & POLLOUT) != 0, poll.getRelativeTimeout()};
#if LULL_SDBUS_MAJOR >= 2
    if (wait.at_most == std::chrono::microseconds::max()) wait.at_most.reset();
#endif
    return wait;
  });
}

// A proxy that uses the connection of the caller and starts no thread.
inline std::unique_ptr<sdbus::IProxy> make_proxy(sdbus::IConnection& connection,
                                                 const std::string& service,
                                                 const std::string& path) {
#if LULL_SDBUS_MAJOR >= 2
  return sdbus::createProxy(connection, sdbus::ServiceName(service), sdbus::ObjectPath(path));
#else
  return sdbus::createProxy(connection, service, path);
#endif
}

// Version 2 has a type for each kind of name.
#if LULL_SDBUS_MAJOR >= 2
using InterfaceName = sdbus::InterfaceName;
using SignalName = sdbus::SignalName;
using MethodName = sdbus::MethodName;
#else
using InterfaceName = std::string;
using SignalName = std::string;
using MethodName = std::string;
#endif

// Whether the next value in a message is of this type ("s", "a{sv}"). Asking first spares an
// exception for what strangers send.
inline bool next_is(const sdbus::Message& message, std::string_view signature) {
#if LULL_SDBUS_MAJOR >= 2
  const auto [type, contents] = message.peekType();
  if (type == '\0') return false;
  const std::string found = type + std::string(contents == nullptr ? "" : contents);
#else
  std::string type, contents;
  message.peekType(type, contents);
  const std::string found = type + contents;
#endif
  return found == signature;
}

// Calls `callback` for every such signal as long as the proxy lives. Waits for the bus.
inline void subscribe(sdbus::IProxy& proxy, const char* interface, const char* signal,
                      std::function<void(sdbus::Message& message)> callback) {
  proxy.registerSignalHandler(
      InterfaceName(interface), SignalName(signal),
      [callback = std::move(callback)](auto&& message) { callback(message); });
#if LULL_SDBUS_MAJOR < 2
  proxy.finishRegistration();
#endif
}

// Calls a method without waiting. `callback` gets the reply, or null for an error or after
// `patience`; it is not called when the proxy has gone by then or when this returned an error.
// `argument` may be null.
inline base::Status call(sdbus::IProxy& proxy, const char* interface, const char* method,
                         const char* argument, std::chrono::microseconds patience,
                         std::function<void(sdbus::Message* reply)> callback) {
  return guarded([&] {
    auto message = proxy.createMethodCall(InterfaceName(interface), MethodName(method));
    if (argument != nullptr) message << argument;
    auto handler = [callback = std::move(callback)](auto&& reply, auto&& error) {
      callback(error ? nullptr : &reply);
    };
    const auto timeout = static_cast<std::uint64_t>(patience.count());
#if LULL_SDBUS_MAJOR >= 2
    proxy.callMethodAsync(message, std::move(handler), timeout);
#else
    proxy.callMethod(message, std::move(handler), timeout);
#endif
  });
}

// Calls `callback` with the new owner of a service's name (empty: it has gone) while the slot
// lives. Waits for the bus.
inline sdbus::Slot watch_owner(sdbus::IConnection& connection, const std::string& service,
                               std::function<void(const std::string& owner)> callback) {
  const std::string rule =
      "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
      "member='NameOwnerChanged',arg0='" +
      service + "'";
  auto handler = [callback = std::move(callback)](auto&& message) {
    std::string name, before, after;
    message >> name >> before >> after;
    callback(after);
  };
#if LULL_SDBUS_MAJOR >= 2
  return connection.addMatch(rule, std::move(handler), sdbus::return_slot);
#else
  return connection.addMatch(rule, std::move(handler));
#endif
}

}  // namespace lull::agent::presence::compat
