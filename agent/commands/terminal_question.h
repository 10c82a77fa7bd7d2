// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/base/cancel.h"

namespace lull::commands {

// Writes `prompt` to standard error and waits for a line on standard input. nullopt at the end of
// input or when cancelled, with the cursor on a line of its own. Blocks.
std::optional<std::string> ask_on_terminal(const std::string& prompt,
                                           const base::CancelToken& cancel);

}  // namespace lull::commands
