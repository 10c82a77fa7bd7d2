// SPDX-License-Identifier: MIT
#include <utility>
#include <vector>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"

namespace lull::commands {
namespace {

Tone tone_of(const std::string& state) {
  if (state == "running") return Tone::kGood;
  return state == "deferred" || state == "paused" ? Tone::kWarning : Tone::kPlain;
}

std::string last_run(const Object& job, const Context& context) {
  const std::string outcome = printable(text(job, "last_outcome"));
  const auto started = instant(job, "last_started_at");
  if (!started) return outcome.empty() ? std::string(context.style().dash()) : outcome;
  const std::string when = relative(*started, context.now());
  return outcome.empty() ? when : when + ", " + outcome;
}

std::string next_run(const Object& job, const Context& context) {
  const auto next = instant(job, "next_at");
  if (!next) return std::string(context.style().dash());
  return *next > context.now() ? relative(*next, context.now()) : "due";
}

// Below that many columns the priority, which never changes, is left out.
constexpr std::size_t kWide = 100;

TextTable job_table(const Array& jobs, const Context& context) {
  const bool wide = context.style().width() == 0 || context.style().width() >= kWide;
  std::vector<TextTable::Column> columns = {{"JOB"}, {"TRIGGER"}};
  if (wide) columns.push_back({"PRIORITY"});
  columns.insert(columns.end(), {{"STATE"},
                                 {"NEXT", TextTable::Align::kLeft, true},
                                 {"HELD BACK BY", TextTable::Align::kLeft, true},
                                 {"LAST RUN", TextTable::Align::kLeft, true}});
  TextTable table(std::move(columns));
  const std::string dash(context.style().dash());
  for (const Value& value : jobs) {
    const Object* job = value.if_object();
    if (job == nullptr) continue;
    const std::string state = printable(text(*job, "state"));
    const std::string codes = blocked_by(*job);
    std::vector<TextTable::Cell> cells = {{printable(text(*job, "name")), Tone::kStrong},
                                          {printable(text(*job, "trigger"))}};
    if (wide) cells.push_back({printable(text(*job, "priority"))});
    cells.insert(cells.end(), {{state, tone_of(state)},
                               {next_run(*job, context)},
                               {codes.empty() ? dash : codes},
                               {last_run(*job, context)}});
    table.add(std::move(cells));
  }
  return table;
}

}  // namespace

int run_jobs(const Arguments&, Context& context) {
  const auto reply = context.call("Jobs");
  if (!reply) return context.fail(reply.error());
  const Array& jobs = items(*reply, "jobs");
  if (context.json()) {
    context.print_json(jobs);
    return kDone;
  }
  context.print(job_table(jobs, context).render(context.style()));
  if (!context.agent_answered())
    context.print("\nNo agent is running, so none of them starts; `lull agent` starts it.\n");
  return kDone;
}

}  // namespace lull::commands
