// SPDX-License-Identifier: MIT
#include "agent/tray/color_scheme.h"

#include <chrono>
#include <utility>

namespace lull::agent::tray {
namespace {

namespace compat = presence::compat;

constexpr const char* kBus = "org.freedesktop.DBus";
constexpr const char* kPortal = "org.freedesktop.portal.Desktop";
constexpr const char* kPath = "/org/freedesktop/portal/desktop";
constexpr const char* kSettings = "org.freedesktop.portal.Settings";
constexpr const char* kGroup = "org.freedesktop.appearance";
constexpr const char* kKey = "color-scheme";
constexpr auto kPatience = std::chrono::seconds(25);

// Read wraps its value twice, SettingChanged once. nullopt: it is no number.
std::optional<std::uint32_t> next_number(sdbus::Message& message) {
  if (!compat::next_is(message, "vu") && !compat::next_is(message, "vv")) return std::nullopt;
  sdbus::Variant value;
  message >> value;
  if (value.containsValueOfType<sdbus::Variant>()) {
    sdbus::Variant within = value.get<sdbus::Variant>();
    value = std::move(within);
  }
  if (!value.containsValueOfType<std::uint32_t>()) return std::nullopt;
  return value.get<std::uint32_t>();
}

}  // namespace

ColorScheme::ColorScheme(sdbus::IConnection& connection)
    : bus_(compat::make_proxy(connection, kBus, "/org/freedesktop/DBus")),
      portal_(compat::make_proxy(connection, kPortal, kPath)) {
  watches_.push_back(compat::watch_owner(connection, kPortal, [this](const std::string& owner) {
    dark_.reset();
    if (!owner.empty()) read();
  }));
  const std::string rule = std::string("type='signal',sender='") + kPortal + "',interface='" +
                           kSettings + "',member='SettingChanged',arg0='" + kGroup + "',arg1='" +
                           kKey + "'";
  watches_.push_back(compat::watch(connection, rule, [this](sdbus::Message& message) {
    if (!compat::next_is(message, "s")) return;
    std::string group, key;
    message >> group;
    if (!compat::next_is(message, "s")) return;
    message >> key;
    heard(next_number(message));
  }));
}

void ColorScheme::ask() {
  (void)compat::call(*bus_, kBus, "NameHasOwner", kPortal, kPatience,
                     [this](sdbus::Message* reply) {
                       bool owned = false;
                       if (reply != nullptr && compat::next_is(*reply, "b")) *reply >> owned;
                       if (owned) read();
                     });
}

// Who does not know the setting answers with an error, which is no preference.
void ColorScheme::read() {
  (void)compat::call(
      *portal_, kSettings, "Read",
      [](sdbus::Message& message) { message << std::string(kGroup) << std::string(kKey); },
      kPatience,
      [this](sdbus::Message* reply) {
        heard(reply == nullptr ? std::nullopt : next_number(*reply));
      });
}

void ColorScheme::heard(std::optional<std::uint32_t> choice) {
  constexpr std::uint32_t kDark = 1, kLight = 2;  // else no preference
  const std::uint32_t number = choice.value_or(0);
  dark_.reset();
  if (number == kDark || number == kLight) dark_ = number == kDark;
}

}  // namespace lull::agent::tray
