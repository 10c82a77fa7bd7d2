// SPDX-License-Identifier: MIT
#include "agent/tray/lock_watch.h"

#include <string>
#include <string_view>
#include <utility>

namespace lull::agent::tray {
namespace {

namespace compat = presence::compat;

constexpr std::string_view kSuffix = ".ScreenSaver";

}  // namespace

LockWatch::LockWatch(sdbus::IConnection& connection, std::function<void(bool locked)> changed) {
  watch_ = compat::watch(connection, "type='signal',member='ActiveChanged'",
                         [changed = std::move(changed)](sdbus::Message& message) {
                           const std::string interface = message.getInterfaceName();
                           if (!std::string_view(interface).ends_with(kSuffix)) return;
                           bool active = false;
                           if (!compat::next_is(message, "b")) return;
                           message >> active;
                           changed(active);
                         });
}

}  // namespace lull::agent::tray
