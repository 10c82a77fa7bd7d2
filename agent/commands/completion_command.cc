// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"
#include "agent/commands/completion.h"
#include "agent/commands/context.h"

namespace lull::commands {

int run_completion(const Arguments& arguments, Context& context) {
  const std::string shell = arguments.text("SHELL");
  context.print(shell == "bash"  ? bash_completion()
                : shell == "zsh" ? zsh_completion()
                                 : fish_completion());
  return kDone;
}

}  // namespace lull::commands
