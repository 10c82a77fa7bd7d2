// SPDX-License-Identifier: MIT
#include <chrono>
#include <string>

#include "agent/presence/bus_address.h"
#include "agent/presence/bus_knock.h"
#include "agent/presence/resolver_flush.h"
#include "agent/presence/sdbus_compat.h"
#include "scheduler/offload.h"

namespace lull::agent::presence {
namespace {

constexpr const char* kService = "org.freedesktop.resolve1";
constexpr const char* kPath = "/org/freedesktop/resolve1";
constexpr const char* kManager = "org.freedesktop.resolve1.Manager";
constexpr auto kKnockPatience = std::chrono::seconds(1);
constexpr std::chrono::microseconds kPatience = std::chrono::seconds(2);

// D-Bus Specification, "Standard Errors" (and what libsystemd makes of a broken connection).
base::ErrorCode code_of(const std::string& name) {
  if (name.ends_with(".AccessDenied") || name.ends_with(".InteractiveAuthorizationRequired"))
    return base::ErrorCode::kPermissionDenied;
  if (name.ends_with(".NoReply") || name.ends_with(".Timeout") || name.ends_with(".TimedOut"))
    return base::ErrorCode::kTimeout;
  if (name.ends_with(".ServiceUnknown") || name.ends_with(".NameHasNoOwner") ||
      name.find(".Spawn.") != std::string::npos || name.ends_with(".NoSuchUnit"))
    return base::ErrorCode::kUnavailable;
  return base::ErrorCode::kIo;
}

base::Status call_flush() {
  try {
    const auto connection = sdbus::createSystemBusConnection();
    const auto proxy = compat::make_proxy(*connection, kService, kPath);
    const auto call =
        proxy->createMethodCall(compat::InterfaceName(kManager), compat::MethodName("FlushCaches"));
    proxy->callMethod(call, static_cast<std::uint64_t>(kPatience.count()));
    return {};
  } catch (const sdbus::Error& error) {
    return base::fail(code_of(error.getName()), error.getMessage());
  }
}

}  // namespace

base::Status flush_resolver(scheduler::Engine& engine, scheduler::Executor& blocking,
                            const base::CancelToken& cancel) {
  const auto address = system_bus_address();
  if (!address) return base::fail(base::ErrorCode::kUnavailable, "there is no system bus");
  if (auto there = knock(engine, *address, kKnockPatience, cancel); !there) {
    if (there.error().code == base::ErrorCode::kCancelled) return there;
    return base::fail(base::ErrorCode::kUnavailable,
                      "the system bus does not answer: " + there.error().message);
  }
  return scheduler::offload(engine, blocking, [] { return call_flush(); });
}

}  // namespace lull::agent::presence
