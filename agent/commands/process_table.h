// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>

#include "agent/commands/context.h"

namespace lull::commands {

// Process objects of the contract as rows; `wide` with threads, start and user.
std::string process_rows(const Array& processes, const Context& context, bool wide,
                         std::size_t indent);

}  // namespace lull::commands
