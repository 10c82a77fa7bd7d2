// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include "agent/control/json_codec.h"
#include "agent/methods/methods.h"
#include "agent/methods/parameters.h"
#include "agent/methods/progress_pump.h"
#include "agent/services/cpu_load.h"
#include "agent/services/job_words.h"

namespace lull::agent {
namespace {

using base::Result;
using control::Call;
using control::Object;

constexpr double kLongestPause = 366.0 * 86400;

Result<Object> jobs(const MethodServices& services, Call& call) {
  LULL_TRY(Parameters(call.parameters).finish());
  boost::json::array rows;
  for (const auto& view : services.jobs.jobs()) rows.push_back(control::encode(to_status(view)));
  return Object{{"jobs", std::move(rows)}};
}

// The load of the processors needs two readings; an agent that has not looked lately takes them
// now.
bool is_measuring(const scheduler::Explanation& why) {
  return std::any_of(why.conditions.begin(), why.conditions.end(), [](const auto& condition) {
    return condition.code == "cpu-busy" && condition.state.value == "measuring";
  });
}

Result<Object> why(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const std::string job = parameters.required_text("job");
  LULL_TRY(parameters.finish());
  if (job == AutoClean::kJob) (void)services.auto_clean.look_again();
  auto explanation = services.jobs.explain(job);
  if (explanation && is_measuring(*explanation)) {
    (void)services.engine.sleep_for(OthersCpuLoad::kWindow, {}, call.cancel);
    explanation = services.jobs.explain(job);
  }
  if (!explanation) return tl::unexpected(explanation.error());
  return control::encode(to_explanation(job, *explanation));
}

Result<Object> run_job(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const std::string job = parameters.required_text("job");
  LULL_TRY(parameters.finish());
  auto ticket = services.jobs.request(job);
  if (!ticket) return tl::unexpected(ticket.error());
  ProgressPump pump(services.engine, call, {Counts::kSeen});
  pump.watch(*ticket, Counts::kSeen);
  const base::SteadyTime started = services.engine.now();
  const scheduler::JobResult result = ticket->wait(call.cancel);
  return Object{{"job", job},
                {"outcome", scheduler::outcome_name(result.outcome)},
                {"message", result.message},
                {"elapsed_seconds", base::to_seconds(services.engine.now() - started)}};
}

Object pause_state(const MethodServices& services) {
  const auto until = services.jobs.paused_until();
  Object state{{"paused", services.jobs.paused()}};
  state["paused_until_at"] = until && *until != base::WallTime::max()
                                 ? boost::json::value(base::format_rfc3339(*until))
                                 : nullptr;
  return state;
}

Result<Object> pause(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const auto seconds = parameters.number("seconds", 1, kLongestPause);
  LULL_TRY(parameters.finish());
  std::optional<base::WallTime> until;
  if (seconds)
    until = services.engine.time().wall_now() +
            std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
  services.jobs.pause(until);
  return pause_state(services);
}

Result<Object> resume(const MethodServices& services, Call& call) {
  LULL_TRY(Parameters(call.parameters).finish());
  services.jobs.resume();
  return pause_state(services);
}

}  // namespace

void add_job_methods(control::MethodTable& table, const MethodServices& services) {
  table.add("Jobs", [services](Call& call) { return jobs(services, call); });
  table.add("Why", [services](Call& call) { return why(services, call); });
  table.add(
      "RunJob", [services](Call& call) { return run_job(services, call); },
      control::always_outlives);
  table.add("Pause", [services](Call& call) { return pause(services, call); });
  table.add("Resume", [services](Call& call) { return resume(services, call); });
}

}  // namespace lull::agent
