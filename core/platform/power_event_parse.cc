// SPDX-License-Identifier: MIT
#include "core/platform/power_events.h"

namespace lull::platform {

bool is_power_event(std::string_view message) {
  while (!message.empty()) {
    const std::string_view field = message.substr(0, message.find('\0'));
    if (field == "SUBSYSTEM=power_supply") return true;
    message.remove_prefix(field.size() == message.size() ? field.size() : field.size() + 1);
  }
  return false;
}

}  // namespace lull::platform
