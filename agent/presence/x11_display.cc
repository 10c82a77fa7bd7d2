// SPDX-License-Identifier: MIT
#include "agent/presence/x11_display.h"

namespace lull::agent::presence {

std::optional<std::string> local_display(std::string_view display) {
  constexpr std::string_view kProtocol = "unix/", kHost = "unix";
  for (const std::string_view prefix : {kProtocol, kHost})
    if (display.starts_with(prefix)) {
      display.remove_prefix(prefix.size());
      break;
    }
  if (!display.starts_with(':')) return std::nullopt;
  return std::string(kProtocol).append(display);
}

}  // namespace lull::agent::presence
