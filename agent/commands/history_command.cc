// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"

namespace lull::commands {
namespace {

TextTable history_table(const Array& runs, const Context& context) {
  using Align = TextTable::Align;
  TextTable table({{"RUN", Align::kRight},
                   {"WHEN"},
                   {"KIND"},
                   {"BY"},
                   {"ITEMS", Align::kRight},
                   {"SIZE", Align::kRight},
                   {"RESULT", Align::kLeft, true}});
  for (const Value& value : runs) {
    const Object* run = value.if_object();
    if (run == nullptr) continue;
    const auto started = instant(*run, "started_at");
    const std::string dash(context.style().dash());
    const auto run_items = count(*run, "items");
    std::string result = printable(text(*run, "summary"));
    if (result.empty()) result = printable(text(*run, "outcome"));
    if (flag(*run, "undoable")) result += " (can be undone)";
    table.add({{std::to_string(count(*run, "run").value_or(0)), Tone::kDim},
               {started ? local_time(*started) : dash},
               {printable(text(*run, "kind"))},
               {printable(text(*run, "origin"))},
               {run_items ? grouped(*run_items) : dash},
               {bytes_or(*run, "bytes", dash)},
               {result}});
  }
  return table;
}

}  // namespace

int run_history(const Arguments& arguments, Context& context) {
  const auto limit = arguments.number("--limit", 1, 100'000);
  if (!limit) return context.fail(limit.error());
  const auto reply = context.call("History", {{"limit", limit->value_or(20)}});
  if (!reply) return context.fail(reply.error());
  const Array& runs = items(*reply, "history");
  if (context.json())
    context.print_json(runs);
  else if (runs.empty())
    context.print("Nothing was done yet.\n");
  else
    context.print(history_table(runs, context).render(context.style()));
  return kDone;
}

}  // namespace lull::commands
