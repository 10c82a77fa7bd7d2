// SPDX-License-Identifier: MIT
#include "agent/presence/x11_display.h"

namespace lull::agent::presence {

std::optional<std::string> local_display(std::string_view display) {
  const std::size_t colon = display.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view where = display.substr(0, colon);
  if (!where.empty() && where != "unix" && where != "unix/") return std::nullopt;
  return "unix/" + std::string(display.substr(colon));
}

}  // namespace lull::agent::presence
