// SPDX-License-Identifier: MIT
#include "agent/services/job_words.h"

#include <string>

namespace lull::agent {
namespace {

std::string_view state_name(scheduler::JobView::State state) {
  switch (state) {
    case scheduler::JobView::State::kWaiting:
      return "waiting";
    case scheduler::JobView::State::kRunning:
      return "running";
    case scheduler::JobView::State::kDeferred:
      return "deferred";
    case scheduler::JobView::State::kPaused:
      return "paused";
  }
  return "waiting";
}

std::optional<std::string> outcome_of(const scheduler::JobState& state) {
  if (!state.last_outcome) return std::nullopt;
  std::string text(scheduler::outcome_name(*state.last_outcome));
  if (!state.last_message.empty()) text += ": " + state.last_message;
  return text;
}

}  // namespace

model::JobStatus to_status(const scheduler::JobView& view) {
  return {view.spec->name,
          std::string(scheduler::trigger_name(view.spec->trigger)),
          std::string(scheduler::priority_name(view.spec->priority)),
          std::string(state_name(view.state)),
          view.next_at,
          view.persisted.last_started,
          outcome_of(view.persisted),
          view.blocked_by};
}

std::vector<model::JobStatus> to_status(const std::vector<scheduler::JobView>& views) {
  std::vector<model::JobStatus> statuses;
  statuses.reserve(views.size());
  for (const auto& view : views) statuses.push_back(to_status(view));
  return statuses;
}

model::JobExplanation to_explanation(std::string_view job, const scheduler::Explanation& why) {
  model::JobExplanation explanation{std::string(job), why.would_run, {}};
  for (const auto& condition : why.conditions)
    explanation.conditions.push_back(
        {condition.code, condition.state.met, condition.state.value, condition.state.needed});
  return explanation;
}

}  // namespace lull::agent
