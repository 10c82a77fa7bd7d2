// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"

namespace lull::commands {

int run_agent_command(const Arguments& arguments, Context& context) {
  AgentOptions options;
  options.socket = context.named_socket();
  options.tray = !arguments.has("--no-tray");
  if (arguments.has("--config")) {
    options.config = context.absolute(arguments.text("--config"));
    // The user's own file may be missing; one that is named may not.
    if (::access(options.config.c_str(), F_OK) != 0)
      return context.fail({base::ErrorCode::kInvalidArgument,
                           "there is no such settings file",
                           options.config,
                           0,
                           {}});
  }
  return context.environment().run_agent(options);
}

}  // namespace lull::commands
