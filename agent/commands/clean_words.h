// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "agent/commands/context.h"
#include "agent/commands/json_text.h"
#include "agent/commands/style.h"

// What `clean` and `undo` say in the same way.
namespace lull::commands {

// What stays and why, the first of it: [{path, reason}]. Empty if nothing does.
std::string left_alone_rows(const Array& skipped, const Style& style);

// Says on standard error each of the `failed` [{path, error}] of a document.
void list_failed(const Object& document, Context& context);

}  // namespace lull::commands
