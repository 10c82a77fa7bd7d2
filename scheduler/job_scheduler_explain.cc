// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "scheduler/job_scheduler_core.h"

// What is shown: how every job stands, and why one does not run.
namespace lull::scheduler::detail {

using base::Duration;

namespace {

// Rounded up: "0 s left" would be a riddle.
std::string seconds_text(Duration duration) {
  return base::format_duration(std::chrono::ceil<std::chrono::seconds>(duration));
}

}  // namespace

std::vector<JobView> SchedulerCore::jobs() const {
  const Moment now = moment();
  std::vector<JobView> views;
  views.reserve(jobs_.size());
  for (const auto& job : jobs_) views.push_back(view(*job, now));
  return views;
}

JobView SchedulerCore::view(const JobRecord& job, const Moment& now) const {
  JobView view;
  view.spec = &job.spec();
  view.next_at = next_at(job, now);
  view.persisted = job.state(now);
  show_standing(job, now, view);
  return view;
}

void SchedulerCore::show_standing(const JobRecord& job, const Moment& now, JobView& view) const {
  using State = JobView::State;
  const auto own = [&](const RunPtr& run) { return &run->job == &job; };
  if (const auto run = std::find_if(running_.begin(), running_.end(), own); run != running_.end()) {
    view.state = State::kRunning;
    view.progress = (*run)->progress.snapshot();
    return;
  }
  const auto& queued = queue_.runs();
  const auto due = job.due_at();
  const bool is_due = due && *due <= now.steady;
  if (std::any_of(queued.begin(), queued.end(), own)) {
    view.state = State::kDeferred;
    view.blocked_by = {"operation-limit"};
  } else if (paused() && job.spec().trigger != Trigger::kRequest) {
    view.state = State::kPaused;
    view.blocked_by = {"paused"};
  } else if (is_due && job.not_before() > now.steady) {
    view.state = State::kDeferred;
    view.blocked_by = {"too-soon"};
  } else if (job.held()) {
    view.state = State::kDeferred;
    view.blocked_by = job.held_by();
  }
}

std::optional<base::WallTime> SchedulerCore::next_at(const JobRecord& job,
                                                     const Moment& now) const {
  auto next = job.ready_at();
  if (!next || !options_.automatic) return std::nullopt;
  next = std::max(*next, now.steady);
  if (paused()) next = std::max(*next, pause_->ends);
  if (*next == kNever) return std::nullopt;
  return wall_at(*next, now);
}

base::Result<Explanation> SchedulerCore::explain(std::string_view name) const {
  const auto job = find_or_say(name);
  if (!job) return tl::unexpected(job.error());
  Explanation explanation;
  auto& conditions = explanation.conditions;
  for (const std::string& code : (*job)->spec().constraints)
    conditions.push_back({code, conditions_.evaluate(code)});
  conditions.push_back({"paused", paused_state()});
  conditions.push_back({"too-soon", too_soon_state(**job)});
  conditions.push_back({"operation-limit", limit_state()});
  explanation.would_run =
      std::all_of(conditions.begin(), conditions.end(),
                  [](const NamedConditionState& condition) { return condition.state.met; });
  return explanation;
}

ConditionState SchedulerCore::paused_state() const {
  const auto until = paused_until();
  if (!until) return {true, "no", "no"};
  if (*until == base::WallTime::max()) return {false, "until resumed", "no"};
  return {false, "until " + base::format_rfc3339(*until), "no"};
}

ConditionState SchedulerCore::too_soon_state(const JobRecord& job) const {
  const Duration left = minus(job.not_before(), engine_.now());
  const bool met = left <= Duration::zero();
  std::string value = met ? "no" : seconds_text(left) + " left";
  if (!met && job.failures() > 0)
    value += " after " + std::to_string(job.failures()) +
             (job.failures() == 1 ? " failure" : " failures");
  const Duration gap = job.spec().minimum_gap;
  std::string needed = gap > Duration::zero() ? seconds_text(gap) + " since the last run"
                                              : "no back-off after a failure";
  return {met, std::move(value), std::move(needed)};
}

ConditionState SchedulerCore::limit_state() const {
  return {running_.size() < options_.max_concurrent, std::to_string(running_.size()) + " running",
          "under " + std::to_string(options_.max_concurrent)};
}

}  // namespace lull::scheduler::detail
