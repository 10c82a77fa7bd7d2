// SPDX-License-Identifier: MIT
#include <cstdint>
#include <optional>
#include <utility>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"
#include "core/base/bytes.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

// The end of a pause comes as RFC 3339; `lull pause` said it in local time.
std::string value_text(const std::string& value) {
  constexpr std::string_view kUntil = "until ";
  if (!value.starts_with(kUntil)) return value;
  const auto end = base::parse_rfc3339(value.substr(kUntil.size()));
  return end ? std::string(kUntil) + local_time(*end) : value;
}

std::string explanation_text(const Object& why, const Context& context) {
  const Style& style = context.style();
  TextTable table({{""},
                   {"CONDITION"},
                   {"NOW", TextTable::Align::kLeft, true},
                   {"NEEDED", TextTable::Align::kLeft, true}});
  std::string unmet;
  for (const Value& value : items(why, "conditions")) {
    const Object* condition = value.if_object();
    if (condition == nullptr) continue;
    const bool met = flag(*condition, "met");
    const std::string code = printable(text(*condition, "code"));
    if (!met) unmet += (unmet.empty() ? "" : ", ") + code;
    table.add({{std::string(style.mark(met)), met ? Tone::kGood : Tone::kBad},
               {code},
               {value_text(printable(text(*condition, "value")))},
               {printable(text(*condition, "needed")), met ? Tone::kDim : Tone::kPlain}});
  }
  const std::string job = style.paint(Tone::kStrong, printable(text(why, "job")));
  std::string headline = job + " would run now";
  if (!flag(why, "would_run"))
    headline = job + " would not run now" + (unmet.empty() ? "" : ": " + unmet);
  return headline + "\n" + (table.empty() ? "" : "\n" + table.render(style));
}

// "91 of 100" alone tells nobody what it is made of (cache::safety_score).
std::string safety_words(std::optional<std::uint64_t> score) {
  if (!score) return "unknown, since nothing tells when it was last used";
  return std::to_string(*score) + " of 100 (by tier, time unused, guards passed)";
}

// "pip (safe): not used for 40 d", or what there is to say.
std::string verdict_text(const Object& verdict, const Context& context) {
  const Style& style = context.style();
  const std::string path = style.paint(Tone::kStrong, printable(text(verdict, "path")));
  const std::string reason = printable(text(verdict, "reason"));
  std::string line = path + (flag(verdict, "goes") ? " may go: " : " stays: ") +
                     (reason.empty() ? "no rule is about it" : reason) + "\n";
  if (text(verdict, "rule").empty()) return line;
  line += "\n";
  const auto add = [&](std::string_view name, const std::string& value) {
    line += style.paint(Tone::kDim, std::string(name)) + "  " + value + "\n";
  };
  add("rule  ", printable(text(verdict, "rule")) + " (" + text(verdict, "tier") + ")");
  if (const auto bytes = count(verdict, "bytes")) add("size  ", base::format_bytes(*bytes));
  if (flag(verdict, "goes")) add("safety", safety_words(count(verdict, "safety_score")));
  return line;
}

int explain_file(const Arguments& arguments, Context& context) {
  const std::string path = context.absolute(arguments.text("JOB"));
  Object parameters{{"path", path}, {"fresh", arguments.has("--fresh")}};
  // A path that is not UTF-8 cannot travel as JSON; this process takes it as it is.
  const auto verdict = base::is_valid_utf8(path)
                           ? context.call("Explain", std::move(parameters))
                           : context.call_here("Explain", std::move(parameters));
  if (!verdict) return context.fail(verdict.error());
  if (context.json())
    context.print_json(*verdict);
  else
    context.print(verdict_text(*verdict, context));
  return kDone;
}

}  // namespace

int run_why(const Arguments& arguments, Context& context) {
  const std::string what = arguments.text("JOB");
  if (what.find('/') != std::string::npos) return explain_file(arguments, context);
  const auto reply = context.call("Why", {{"job", what}});
  if (!reply) return context.fail_for_name(reply.error());
  if (context.json())
    context.print_json(*reply);
  else
    context.print(explanation_text(*reply, context));
  return kDone;
}

}  // namespace lull::commands
