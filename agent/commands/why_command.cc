// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"
#include "agent/commands/context.h"

namespace lull::commands {
namespace {

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
               {printable(text(*condition, "value"))},
               {printable(text(*condition, "needed")), met ? Tone::kDim : Tone::kPlain}});
  }
  const std::string job = style.paint(Tone::kStrong, printable(text(why, "job")));
  std::string headline = job + " would run now";
  if (!flag(why, "would_run"))
    headline = job + " would not run now" + (unmet.empty() ? "" : ": " + unmet);
  return headline + "\n" + (table.empty() ? "" : "\n" + table.render(style));
}

}  // namespace

int run_why(const Arguments& arguments, Context& context) {
  const auto reply = context.call("Why", {{"job", arguments.text("JOB")}});
  if (!reply) return context.fail_for_name(reply.error());
  if (context.json())
    context.print_json(*reply);
  else
    context.print(explanation_text(*reply, context));
  return kDone;
}

}  // namespace lull::commands
