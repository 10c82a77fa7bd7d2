// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "agent/commands/context.h"

// The status document as people read it.
namespace lull::commands {

std::string status_page(const Object& status, const Context& context);
// One line: "memory 52 % · pressure normal · cpu 12 % · 3.2 GiB reclaimable".
std::string status_summary(const Object& status, const Style& style);
// "normal", "warning" or "critical"; empty if the kernel does not tell.
std::string level_of(const Object& status);
// Used share of memory in percent; nullopt if unknown.
std::optional<double> memory_percent(const Object& status);

}  // namespace lull::commands
