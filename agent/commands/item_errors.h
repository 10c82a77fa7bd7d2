// SPDX-License-Identifier: MIT
#pragma once
#include "agent/commands/context.h"

namespace lull::commands {

// Says on standard error each of the `errors` [{path, error}] of a document, and how many more its
// `error_count` knows of. True if there are any.
bool list_errors(const Object& document, Context& context);

}  // namespace lull::commands
