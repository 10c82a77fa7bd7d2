// SPDX-License-Identifier: MIT
#include <cmath>
#include <string_view>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/status_bar.h"
#include "agent/commands/status_text.h"
#include "core/platform/text_scan.h"

namespace lull::commands {
namespace {

constexpr double kUsualSeconds = 2;

// Zero: once.
base::Result<base::Duration> watch_interval(const Arguments& arguments) {
  if (!arguments.has("--watch")) return base::Duration{};
  const std::string text = arguments.text("--watch");
  double seconds = kUsualSeconds;
  if (!text.empty()) {
    // (libc++ has no from_chars for numbers like these.)
    std::string_view rest = text;
    const bool whole = text.front() != ' ' && text.front() != '\t' &&
                       platform::take_decimal(rest, seconds) && rest.empty();
    if (!whole || !(seconds >= 0.2 && seconds <= 86400))
      return base::fail(base::ErrorCode::kInvalidArgument,
                        "'" + printable(text) + "' for --watch is not a number of seconds from " +
                            "0.2 to 86400");
  }
  return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
}

enum class Form { kPage, kRepaintedPage, kSummary, kJson, kJsonLine, kBar };

Form form_of(const Arguments& arguments, bool watch, Context& context) {
  if (arguments.has("--format")) return Form::kBar;
  if (context.json()) return watch ? Form::kJsonLine : Form::kJson;
  if (!watch) return Form::kPage;
  return context.environment().out_is_terminal ? Form::kRepaintedPage : Form::kSummary;
}

// From the top left, each line to its end, and nothing of the last page below: no flicker.
std::string repainted(const std::string& page, bool first) {
  std::string text = first ? "\x1b[H\x1b[2J" : "\x1b[H";
  for (const char c : page) text += c == '\n' ? std::string("\x1b[K\n") : std::string(1, c);
  return text + "\x1b[J";
}

void show(const Object& status, Form form, const BarFormat& bar, bool first, Context& context) {
  switch (form) {
    case Form::kPage:
      return context.print(status_page(status, context));
    case Form::kRepaintedPage:
      return context.print(repainted(status_page(status, context), first));
    case Form::kSummary:
      return context.print(status_summary(status, context.style()) + "\n");
    case Form::kJson:
      return context.print_json(status);
    case Form::kJsonLine:
      return context.print(to_json(status) + "\n");
    case Form::kBar:
      return context.print(status_for_bar(status, bar, context.style()));
  }
}

// While it is watched, an agent may end and another may start.
base::Result<Object> read_status(bool again, Context& context) {
  auto status = context.call("GetSnapshot");
  if (status || !again || context.cancelled()) return status;
  context.reconnect();
  return context.call("GetSnapshot");
}

}  // namespace

int run_status(const Arguments& arguments, Context& context) {
  const auto interval = watch_interval(arguments);
  if (!interval) return context.fail(interval.error());
  const bool watch = *interval > base::Duration{};
  if (arguments.has("--format") && context.json())
    return context.fail(
        {base::ErrorCode::kInvalidArgument, "--json and --format exclude each other", {}, 0, {}});
  const Form form = form_of(arguments, watch, context);
  for (bool first = true;; first = false) {
    const auto status = read_status(!first, context);
    if (!status) return context.fail(status.error());
    show(*status, form, {arguments.text("--format"), watch}, first, context);
    if (!watch || !context.wait(*interval)) return kDone;
  }
}

}  // namespace lull::commands
