// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"

namespace lull::commands {
namespace {

Tone tone_of(const std::string& state) {
  if (state == "running") return Tone::kGood;
  return state == "deferred" || state == "paused" ? Tone::kWarning : Tone::kPlain;
}

std::string blocked_by(const Object& job) {
  std::string codes;
  for (const Value& code : items(job, "blocked_by"))
    if (code.is_string())
      codes += (codes.empty() ? "" : ", ") + printable(std::string_view(code.get_string()));
  return codes;
}

std::string last_run(const Object& job, const Context& context) {
  const std::string outcome = printable(text(job, "last_outcome"));
  const auto started = instant(job, "last_started_at");
  if (!started) return outcome.empty() ? std::string(context.style().dash()) : outcome;
  const std::string when = relative(*started, context.now());
  return outcome.empty() ? when : when + ", " + outcome;
}

TextTable job_table(const Array& jobs, const Context& context) {
  TextTable table({{"JOB"},
                   {"TRIGGER"},
                   {"PRIORITY"},
                   {"STATE"},
                   {"NEXT"},
                   {"HELD BACK BY", TextTable::Align::kLeft, true},
                   {"LAST RUN", TextTable::Align::kLeft, true}});
  const std::string dash(context.style().dash());
  for (const Value& value : jobs) {
    const Object* job = value.if_object();
    if (job == nullptr) continue;
    const std::string state = printable(text(*job, "state"));
    const std::string codes = blocked_by(*job);
    table.add({{printable(text(*job, "name")), Tone::kStrong},
               {printable(text(*job, "trigger"))},
               {printable(text(*job, "priority"))},
               {state, tone_of(state)},
               {relative_or(*job, "next_at", context.now(), dash)},
               {codes.empty() ? dash : codes},
               {last_run(*job, context)}});
  }
  return table;
}

}  // namespace

int run_jobs(const Arguments&, Context& context) {
  const auto reply = context.call("Jobs");
  if (!reply) return context.fail(reply.error());
  const Array& jobs = items(*reply, "jobs");
  if (context.json())
    context.print_json(jobs);
  else
    context.print(job_table(jobs, context).render(context.style()));
  return kDone;
}

}  // namespace lull::commands
