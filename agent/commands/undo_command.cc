// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "agent/commands/arguments.h"
#include "agent/commands/clean_words.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

std::string result_text(const Object& report, const Context& context) {
  const std::uint64_t restored = count(report, "restored_items").value_or(0);
  const std::string of_run = " of run " + std::to_string(count(report, "run").value_or(0));
  if (restored == 0) return "Nothing" + of_run + " was given back.\n";
  return context.style().paint(Tone::kStrong, plural(restored, "item") + " (" +
                                                  bytes_or(report, "restored_bytes", "?") + ")") +
         of_run + (restored == 1 ? " is where it was.\n" : " are where they were.\n");
}

int code_of(const Object& report) {
  if (flag(report, "cancelled")) return kCancelledByUser;
  if (text(report, "outcome") == "failed") return kFailed;
  return items(report, "failed").empty() ? kDone : kPartly;
}

}  // namespace

int run_undo(const Arguments& arguments, Context& context) {
  const auto run = arguments.number("RUN", 1, std::numeric_limits<std::int64_t>::max());
  if (!run) return context.fail(run.error());
  Array paths;
  bool utf8 = true;
  for (const std::string& path : arguments.all("--path")) {
    utf8 = utf8 && base::is_valid_utf8(path);
    paths.emplace_back(context.absolute(path));
  }
  Object parameters{{"paths", std::move(paths)}};
  if (*run) parameters["run"] = **run;
  const auto report = utf8 ? context.call("Undo", std::move(parameters))
                           : context.call_here("Undo", std::move(parameters));
  if (!report) return context.fail(report.error());
  list_failed(*report, context);
  if (context.json())
    context.print_json(*report);
  else
    context.print(result_text(*report, context));
  return code_of(*report);
}

}  // namespace lull::commands
