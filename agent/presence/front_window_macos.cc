// SPDX-License-Identifier: MIT
#include "agent/presence/front_window.h"

namespace lull::agent::presence {

std::optional<pid_t> front_process(const base::EnvironmentLookup&,
                                   const std::function<base::Result<std::string>()>&,
                                   base::Duration) {
  return std::nullopt;
}

}  // namespace lull::agent::presence
