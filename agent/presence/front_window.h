// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/environment.h"
#include "core/base/result.h"

namespace lull::agent::presence {

// The process whose window is in front, on the X server of this session: asked of
// lull-x11-presence, which is started for this one question and ends with it. For a relief that is
// due; nothing else needs it. Blocks for `patience` at most. nullopt: no X server (Wayland tells
// nobody), no helper, no window in front, or one that does not say whose it is; other systems.
std::optional<pid_t> front_process(const base::EnvironmentLookup& environment,
                                   const std::function<base::Result<std::string>()>& find_program,
                                   base::Duration patience = std::chrono::milliseconds(800));

}  // namespace lull::agent::presence
