// SPDX-License-Identifier: MIT
#include "agent/tray/watcher_link.h"

#include <chrono>
#include <utility>

namespace lull::agent::tray {
namespace {

namespace compat = presence::compat;

constexpr const char* kBus = "org.freedesktop.DBus";
constexpr const char* kBusPath = "/org/freedesktop/DBus";
constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
constexpr const char* kWatcher = "org.kde.StatusNotifierWatcher";
constexpr const char* kWatcherPath = "/StatusNotifierWatcher";
constexpr auto kPatience = std::chrono::seconds(25);

bool next_bool(sdbus::Message& message) {
  bool value = false;
  if (compat::next_is(message, "b")) message >> value;
  return value;
}

}  // namespace

WatcherLink::WatcherLink(sdbus::IConnection& connection, std::string item, Observer observer)
    : item_(std::move(item)), observer_(std::move(observer)) {
  bus_ = compat::make_proxy(connection, kBus, kBusPath);
  watcher_ = compat::make_proxy(connection, kWatcher, kWatcherPath);
  const auto look = [this](sdbus::Message&) {
    if (registered_) ask_for_host();
  };
  owner_watch_ = compat::watch_owner(
      connection, kWatcher, [this](const std::string& owner) { owner_changed(!owner.empty()); });
  for (const char* signal : {"StatusNotifierHostRegistered", "StatusNotifierHostUnregistered"})
    host_watches_.push_back(compat::watch(connection,
                                          std::string("type='signal',sender='") + kWatcher +
                                              "',interface='" + kWatcher + "',member='" + signal +
                                              "'",
                                          look));
}

// A call to a name that nobody owns might start a service, so the bus is asked first.
void WatcherLink::ask() {
  const auto asked = compat::call(
      *bus_, kBus, "NameHasOwner", kWatcher, kPatience,
      [this](sdbus::Message* reply) { owner_changed(reply != nullptr && next_bool(*reply)); });
  if (!asked) tell(false);
}

void WatcherLink::owner_changed(bool owned) {
  registered_ = false;
  if (owned) {
    register_item();
  } else {
    tell(false);
  }
}

void WatcherLink::register_item() {
  const auto asked =
      compat::call(*watcher_, kWatcher, "RegisterStatusNotifierItem", item_.c_str(), kPatience,
                   [this](sdbus::Message* reply) { registered(reply != nullptr); });
  if (!asked) registered(false);
}

void WatcherLink::registered(bool taken) {
  registered_ = taken;
  if (taken) {
    ask_for_host();
  } else {
    tell(false);
  }
}

void WatcherLink::ask_for_host() {
  const auto asked = compat::call(
      *watcher_, kProperties, "Get",
      [](sdbus::Message& message) {
        message << std::string(kWatcher) << std::string("IsStatusNotifierHostRegistered");
      },
      kPatience,
      [this](sdbus::Message* reply) {
        sdbus::Variant value;
        const bool understood = reply != nullptr && compat::next_is(*reply, "vb");
        if (understood) *reply >> value;
        tell(registered_ && understood && value.get<bool>());
      });
  if (!asked) tell(false);
}

void WatcherLink::tell(bool shown) {
  if (told_ == shown) return;
  told_ = shown;
  (shown ? observer_.shown : observer_.hidden)();
}

}  // namespace lull::agent::tray
