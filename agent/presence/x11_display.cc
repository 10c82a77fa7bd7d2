// SPDX-License-Identifier: MIT
#include "agent/presence/x11_display.h"

namespace lull::agent::presence {

std::optional<std::string> local_display(std::string_view display) {
  constexpr std::string_view kHost = "unix";
  if (display.starts_with(kHost)) display.remove_prefix(kHost.size());
  if (!display.starts_with(':')) return std::nullopt;
  return std::string(kHost).append(display);
}

}  // namespace lull::agent::presence
