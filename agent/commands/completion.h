// SPDX-License-Identifier: MIT
#pragma once
#include <string>

// Completion scripts from the table of commands. What only the agent knows (jobs, rules) the script
// asks `lull` for while the user types.
namespace lull::commands {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace lull::commands
