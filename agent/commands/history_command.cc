// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"
#include "core/base/bytes.h"
#include "core/base/cost_text.h"

namespace lull::commands {
namespace {

std::string cost_of(const Object& usage) {
  return base::cost_text(number(usage, "cpu_seconds").value_or(0), count(usage, "read_bytes"),
                         count(usage, "written_bytes"), flag(usage, "on_battery"));
}

// Of the whole only what idle apps gave is looked at again.
std::string still_free(const Object& run) {
  const auto bytes = count(run, "still_free_bytes");
  if (!bytes) return "";
  const auto gave = count(run, "idle_apps_bytes");
  return "; of " + (gave ? base::format_bytes(*gave) + " from idle apps" : "what idle apps gave") +
         " " + base::format_bytes(*bytes) + " still free a minute later";
}

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
    result += still_free(*run);
    if (const Object* usage = child(*run, "usage")) result += "; took " + cost_of(*usage);
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

// What a thing of a run or a note is about, below its rule.
struct DetailRow {
  std::string rule, what, path, reason;
  std::optional<std::uint64_t> bytes;
};

DetailRow row_of(const Object& one, const char* what) {
  return {printable(text(one, "rule")), printable(text(one, what)), printable(text(one, "path")),
          printable(text(one, "reason")), count(one, "bytes")};
}

std::string detail_rows(const Object& detail, const Context& context) {
  using Align = TextTable::Align;
  TextTable table({{"RULE"},
                   {"WHAT"},
                   {"SIZE", Align::kRight},
                   {"PATH", Align::kLeft, true},
                   {"WHY", Align::kLeft, true}});
  const std::string dash(context.style().dash());
  const auto add = [&](const char* key, const char* what) {
    for (const Value& value : items(detail, key))
      if (const Object* one = value.if_object()) {
        const DetailRow row = row_of(*one, what);
        table.add(
            {{row.rule.empty() ? dash : row.rule, Tone::kStrong},
             {row.what},
             {row.bytes ? base::format_bytes(*row.bytes) : dash},
             {row.path.empty() ? plural(count(*one, "items").value_or(0), "thing") : row.path},
             {row.reason}});
      }
  };
  add("notes", "fate");
  add("items", "state");
  return table.empty() ? "" : "\n" + table.render(context.style());
}

int show_run(const Arguments& arguments, Context& context) {
  const auto run = arguments.number("RUN", 1, std::numeric_limits<std::int64_t>::max());
  if (!run) return context.fail(run.error());
  const auto reply = context.call("History", {{"run", run->value_or(0)}});
  if (!reply) return context.fail(reply.error());
  const Array& runs = items(*reply, "history");
  const Object* detail = child(*reply, "detail");
  if (runs.empty() || detail == nullptr)
    return context.fail(
        {base::ErrorCode::kUnavailable, "the agent is older than this program", {}, 0, {}});
  if (context.json()) {
    Object all = runs.front().as_object();
    for (const auto& [key, value] : *detail) all[key == "items" ? "things" : key] = value;
    context.print_json(all);
    return kDone;
  }
  context.print(history_table(runs, context).render(context.style()) +
                detail_rows(*detail, context));
  if (const Object* usage = child(*detail, "usage"))
    context.print("\nCost: " + cost_of(*usage) + " (of all of Lull while it ran)\n");
  return kDone;
}

int forget(const Arguments& arguments, Context& context) {
  if (arguments.has("RUN"))
    return context.fail({base::ErrorCode::kInvalidArgument,
                         "--forget is about all runs: it does not go with the number of one",
                         {},
                         0,
                         {}});
  if (!arguments.has("--yes")) {
    if (context.json() || !context.can_ask())
      return context.fail({base::ErrorCode::kInvalidArgument,
                           "nobody is there to be asked: --yes forgets without asking",
                           {},
                           0,
                           {}});
    if (!context.confirm("Forget what was learnt (usual hours, often used directories, how long "
                         "work takes) and all finished runs that cannot be undone?")) {
      context.print("Nothing was forgotten.\n");
      return kDone;
    }
  }
  const auto reply = context.call("Forget");
  if (!reply) return context.fail(reply.error());
  if (context.json())
    context.print_json(*reply);
  else
    context.print("Forgotten: what was learnt, and " +
                  plural(count(*reply, "runs").value_or(0), "run") + ".\n");
  return kDone;
}

}  // namespace

int run_history(const Arguments& arguments, Context& context) {
  if (arguments.has("--forget")) return forget(arguments, context);
  if (arguments.has("RUN")) return show_run(arguments, context);
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
