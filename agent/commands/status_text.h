// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "agent/commands/context.h"

// The status document in the forms people and status bars want.
namespace lull::commands {

std::string status_page(const Object& status, const Context& context);
// One line: "memory 52 % · pressure normal · cpu 12 % · 3.2 GiB reclaimable".
std::string status_summary(const Object& status, const Style& style);
// One update of a status bar, newline included; `format` is a word of the table.
std::string status_for_bar(const Object& status, std::string_view format, const Style& style);

}  // namespace lull::commands
