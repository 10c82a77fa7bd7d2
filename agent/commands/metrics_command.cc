// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"
#include "agent/commands/context.h"

namespace lull::commands {

int run_metrics(const Arguments& arguments, Context& context) {
  Object parameters;
  if (arguments.has("--format")) parameters["format"] = arguments.text("--format");
  const auto reply = context.call("Metrics", std::move(parameters));
  if (!reply) return context.fail(reply.error());
  context.print(text(*reply, "text"));
  return kDone;
}

}  // namespace lull::commands
