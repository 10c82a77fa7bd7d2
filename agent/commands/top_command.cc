// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/process_table.h"
#include "agent/commands/words.h"

namespace lull::commands {

std::string process_rows(const Array& processes, const Context& context, bool wide,
                         std::size_t indent) {
  using Align = TextTable::Align;
  std::vector<TextTable::Column> columns = {
      {"PID", Align::kRight}, {"MEMORY", Align::kRight}, {"CPU", Align::kRight}};
  if (wide)
    columns.insert(columns.end(),
                   {{"THREADS", Align::kRight}, {"STARTED", Align::kRight}, {"USER"}});
  columns.push_back({"NAME", Align::kLeft, true});
  TextTable table(std::move(columns));
  const std::string dash(context.style().dash());
  for (const Value& value : processes) {
    const Object* process = value.if_object();
    if (process == nullptr) continue;
    const auto cpu = number(*process, "cpu_percent");
    std::vector<TextTable::Cell> cells = {
        {std::to_string(count(*process, "pid").value_or(0)), Tone::kDim},
        {bytes_or(*process, "memory_bytes", dash), Tone::kStrong},
        {cpu ? percent(*cpu) : dash}};
    if (wide) {
      const auto threads = count(*process, "threads");
      const std::string user = printable(text(*process, "user"));
      cells.push_back({threads ? grouped(*threads) : dash});
      cells.push_back({relative_or(*process, "started_at", context.now(), dash)});
      cells.push_back({user.empty() ? dash : user});
    }
    cells.push_back({printable(text(*process, "name"))});
    table.add(std::move(cells));
  }
  return table.render(context.style(), indent);
}

int run_top(const Arguments& arguments, Context& context) {
  const auto limit = arguments.number("--limit", 1, 10'000);
  if (!limit) return context.fail(limit.error());
  const std::string sort = arguments.has("--sort") ? arguments.text("--sort") : "memory";
  const auto reply = context.call("Top", {{"limit", limit->value_or(10)}, {"sort", sort}});
  if (!reply) return context.fail(reply.error());
  const Array& processes = items(*reply, "processes");
  if (context.json())
    context.print_json(processes);
  else
    context.print(process_rows(processes, context, true, 0));
  return kDone;
}

}  // namespace lull::commands
