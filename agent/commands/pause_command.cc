// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"
#include "core/base/local_time.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

constexpr auto kLongest = std::chrono::hours(24 * 366);

// "2 h" may come as two words; "tomorrow" is the next midnight. nullopt: for good.
base::Result<std::optional<base::Duration>> duration_in(const Arguments& arguments,
                                                        base::WallTime now) {
  std::string words;
  for (const std::string& word : arguments.all("DURATION"))
    words += (words.empty() ? "" : " ") + word;
  if (words.empty() && !arguments.has("DURATION")) return std::nullopt;
  if (words == "tomorrow") return base::Duration(base::next_midnight(now) - now);
  const auto duration = base::parse_duration(words);
  if (duration && *duration >= std::chrono::seconds(1) && *duration <= kLongest) return duration;
  return base::fail(
      base::ErrorCode::kInvalidArgument,
      "'" + printable(words) +
          "' is neither a duration from 1 s to 366 d, such as \"2 h\" or 30min, nor \"tomorrow\"");
}

}  // namespace

int run_pause(const Arguments& arguments, Context& context) {
  const auto duration = duration_in(arguments, context.now());
  if (!duration) return context.fail(duration.error());
  Object parameters{{"seconds", nullptr}};
  if (*duration) parameters["seconds"] = base::to_seconds(**duration);
  const auto reply = context.call_agent("Pause", std::move(parameters));
  if (!reply) return context.fail(reply.error());
  if (context.json()) {
    context.print_json(*reply);
    return kDone;
  }
  const auto until = instant(*reply, "paused_until_at");
  context.print(until ? "No automatic jobs until " + local_time(*until) + " (" +
                            relative(*until, context.now()) + ").\n`lull resume` ends it earlier.\n"
                      : "No automatic jobs until `lull resume`.\n");
  return kDone;
}

int run_resume(const Arguments&, Context& context) {
  const auto reply = context.call_agent("Resume");
  if (!reply) return context.fail(reply.error());
  if (context.json())
    context.print_json(*reply);
  else
    context.print("Automatic jobs run again.\n");
  return kDone;
}

}  // namespace lull::commands
