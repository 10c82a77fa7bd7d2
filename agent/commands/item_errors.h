// SPDX-License-Identifier: MIT
#pragma once
#include "agent/commands/context.h"

namespace lull::commands {

// Says on standard error each of the `errors` [{path, error}] of a document, and how many more its
// `error_count` knows of. True if there are any.
bool list_errors(const Object& document, Context& context);

// "FILE:8:1: unknown key 'x'", of a document {path, line, column, message}.
std::string rule_problem_line(const Object& problem);
// Says on standard error which files of rules do not count and why. True if there are any.
bool list_rule_problems(const Object& document, std::string_view key, Context& context);

}  // namespace lull::commands
