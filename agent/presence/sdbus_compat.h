// SPDX-License-Identifier: MIT
#pragma once
// sdbus-c++ 1.2 (Debian 12) and 2.x (Debian 13, Ubuntu 24.10) are one library in two spellings;
// what this code uses of it is spelled once, here. LULL_SDBUS_MAJOR comes from
// packaging/cmake/LullDependencies.cmake. What does not
// return a Result may throw sdbus::Error.
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

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

// An object of ours on the bus, as tables. A property is written by `get`; a method reads `call`
// (whose types the library has checked) and writes `reply`, or its error becomes InvalidArgs for
// the caller. Signals are only announced. Functions run where the connection is driven.
struct PropertyRow {
  const char* name;
  const char* signature;
  std::function<void(sdbus::Message& reply)> get;
};
struct MethodRow {
  const char* name;
  const char* input;
  const char* output;
  std::function<base::Status(sdbus::Message& call, sdbus::Message& reply)> handle;
};
struct SignalRow {
  const char* name;
  const char* signature;
};
struct InterfaceTable {
  const char* name;
  std::vector<PropertyRow> properties;
  std::vector<MethodRow> methods;
  std::vector<SignalRow> signals;
};

inline void answer(sdbus::MethodCall& call, const MethodRow& row) {
  auto reply = call.createReply();
  if (const base::Status done = row.handle(call, reply); !done)
    reply = call.createErrorReply(sdbus::createError(EINVAL, done.error().to_string()));
  reply.send();
}

// Puts the object on the bus, until it is destroyed.
inline std::unique_ptr<sdbus::IObject> make_object(sdbus::IConnection& connection,
                                                   const std::string& path,
                                                   const InterfaceTable& table) {
#if LULL_SDBUS_MAJOR >= 2
  auto object = sdbus::createObject(connection, sdbus::ObjectPath(path));
  std::vector<sdbus::VTableItem> items;
  for (const PropertyRow& row : table.properties)
    items.emplace_back(sdbus::PropertyVTableItem{sdbus::PropertyName(row.name),
                                                 sdbus::Signature(row.signature),
                                                 [get = row.get](auto&& reply) { get(reply); },
                                                 {},
                                                 {}});
  for (const MethodRow& row : table.methods)
    items.emplace_back(sdbus::MethodVTableItem{sdbus::MethodName(row.name),
                                               sdbus::Signature(row.input),
                                               {},
                                               sdbus::Signature(row.output),
                                               {},
                                               [row](sdbus::MethodCall call) { answer(call, row); },
                                               {}});
  for (const SignalRow& row : table.signals)
    items.emplace_back(sdbus::SignalVTableItem{
        sdbus::SignalName(row.name), sdbus::Signature(row.signature), {}, {}});
  object->addVTable(InterfaceName(table.name), std::move(items));
#else
  auto object = sdbus::createObject(connection, path);
  for (const PropertyRow& row : table.properties)
    object->registerProperty(table.name, row.name, row.signature,
                             [get = row.get](auto&& reply) { get(reply); });
  for (const MethodRow& row : table.methods)
    object->registerMethod(table.name, row.name, row.input, row.output,
                           [row](sdbus::MethodCall call) { answer(call, row); });
  for (const SignalRow& row : table.signals)
    object->registerSignal(table.name, row.name, row.signature);
  object->finishRegistration();
#endif
  return object;
}

// Sends a signal of an object of ours; `fill` writes what it carries.
inline base::Status emit(sdbus::IObject& object, const char* interface, const char* signal,
                         const std::function<void(sdbus::Message& message)>& fill = {}) {
  return guarded([&] {
    auto message = object.createSignal(InterfaceName(interface), SignalName(signal));
    if (fill) fill(message);
    object.emitSignal(message);
  });
}

// Takes a name on the bus. Waits for the bus.
inline void request_name(sdbus::IConnection& connection, const std::string& name) {
#if LULL_SDBUS_MAJOR >= 2
  connection.requestName(sdbus::ServiceName(name));
#else
  connection.requestName(name);
#endif
}

// Whether the next value in a message is of this type ("s", "a{sv}"; "vb" is a variant with a
// boolean). Asking first spares an
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

// The array that is next in a message, whose elements have this signature; nullopt if there are
// more than `limit`: what a stranger sends must not become a thousand times its size here.
template <class Element>
std::optional<std::vector<Element>> read_at_most(sdbus::Message& message, const char* signature,
                                                 std::size_t limit) {
  std::vector<Element> elements;
  if (!message.enterContainer(signature)) return elements;
  for (;;) {
    Element element{};
    if (!(message >> element)) break;
    if (elements.size() == limit) return std::nullopt;
    elements.push_back(std::move(element));
  }
  message.clearFlags();
  message.exitContainer();
  return elements;
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
// `fill` writes the arguments.
inline base::Status call(sdbus::IProxy& proxy, const char* interface, const char* method,
                         const std::function<void(sdbus::Message& message)>& fill,
                         std::chrono::microseconds patience,
                         std::function<void(sdbus::Message* reply)> callback) {
  return guarded([&] {
    auto message = proxy.createMethodCall(InterfaceName(interface), MethodName(method));
    if (fill) fill(message);
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

// The same with one text as its argument, or none (null).
inline base::Status call(sdbus::IProxy& proxy, const char* interface, const char* method,
                         const char* argument, std::chrono::microseconds patience,
                         std::function<void(sdbus::Message* reply)> callback) {
  const auto fill = [argument](sdbus::Message& message) {
    if (argument != nullptr) message << argument;
  };
  return call(proxy, interface, method, fill, patience, std::move(callback));
}

// Calls `callback` for every message that fits a match rule (D-Bus Specification, "Match Rules")
// while the slot lives. Waits for the bus.
inline sdbus::Slot watch(sdbus::IConnection& connection, const std::string& rule,
                         std::function<void(sdbus::Message& message)> callback) {
  auto handler = [callback = std::move(callback)](auto&& message) { callback(message); };
#if LULL_SDBUS_MAJOR >= 2
  return connection.addMatch(rule, std::move(handler), sdbus::return_slot);
#else
  return connection.addMatch(rule, std::move(handler));
#endif
}

// Calls `callback` with the new owner of a service's name (empty: it has gone) while the slot
// lives. Waits for the bus.
inline sdbus::Slot watch_owner(sdbus::IConnection& connection, const std::string& service,
                               std::function<void(const std::string& owner)> callback) {
  const std::string rule =
      "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
      "member='NameOwnerChanged',arg0='" +
      service + "'";
  return watch(connection, rule, [callback = std::move(callback)](sdbus::Message& message) {
    std::string name, before, after;
    message >> name >> before >> after;
    callback(after);
  });
}

}  // namespace lull::agent::presence::compat
