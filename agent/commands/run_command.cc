// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

int exit_code_of_outcome(const std::string& outcome) {
  if (outcome == "done") return kDone;
  return outcome == "failed" ? kFailed : kPartly;
}

}  // namespace

int run_run(const Arguments& arguments, Context& context) {
  const std::string job = arguments.text("JOB");
  const auto reply = context.call_agent("RunJob", {{"job", job}});
  if (!reply) return context.fail_for_name(reply.error());
  const std::string outcome = text(*reply, "outcome");
  const int code = exit_code_of_outcome(outcome);
  if (context.json()) {
    context.print_json(*reply);
    return code;
  }
  const std::string message = printable(text(*reply, "message"));
  std::string line = printable(job) + ": " + printable(outcome);
  if (!message.empty()) line += ", " + message;
  if (const auto seconds = number(*reply, "elapsed_seconds"))
    line += " (" + base::format_duration(duration_of_seconds(*seconds)) + ")";
  if (code == kFailed)
    context.complain(line);
  else
    context.print(line + "\n");
  return code;
}

}  // namespace lull::commands
