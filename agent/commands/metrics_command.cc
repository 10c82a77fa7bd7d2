// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"
#include "agent/commands/context.h"

namespace lull::commands {

int run_metrics(const Arguments&, Context& context) {
  const auto reply = context.call("Metrics");
  if (!reply) return context.fail(reply.error());
  context.print(text(*reply, "text"));
  return kDone;
}

}  // namespace lull::commands
