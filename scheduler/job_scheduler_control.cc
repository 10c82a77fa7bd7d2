// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "scheduler/job_scheduler_core.h"

// What the agent tells the scheduler from outside: events, pause, settings.
namespace lull::scheduler::detail {

using base::CancelReason;

void SchedulerCore::raise(Trigger trigger) {
  if (!started_ || stopping_ || !options_.automatic) return;
  for (const auto& job : jobs_) {
    if (job->spec().trigger != trigger || in_flight(*job, {})) continue;
    if (held_back_by(*job).empty()) enqueue(*job, {}, false);
  }
  dispatch();
}

void SchedulerCore::conditions_changed() {
  look_again_ = true;
  poke();
}

void SchedulerCore::cancel_background(CancelReason reason) {
  const auto sheddable = [](const Run& run) {
    return !run.requested && run.job.spec().priority == Priority::kBackground;
  };
  drop_queued_automatic(sheddable);
  const std::vector<RunPtr> runs = running_;
  for (const RunPtr& run : runs)
    if (sheddable(*run)) run->cancel.cancel(reason);
}

// They were not started and are still due: the next look decides anew.
void SchedulerCore::drop_queued_automatic(const std::function<bool(const Run&)>& which) {
  for (const RunPtr& run : queue_.remove_if(which)) {
    if (run->job.ready_at()) run->job.hold({});
    end(run, {Outcome::kCancelled, "not started", {}});
  }
}

SchedulerCore::Pause SchedulerCore::pause_until(std::optional<base::WallTime> until,
                                                const Moment& now) {
  if (!until) return {kNever, until};
  return {plus(now.steady, time_until(*until, now.wall, base::Duration::max())), until};
}

void SchedulerCore::pause(std::optional<base::WallTime> until) {
  const Moment now = moment();
  const Pause pause = pause_until(until, now);
  if (pause.ends <= now.steady) return resume();
  pause_ = pause;
  store_.save_pause(SavedPause{now.wall, until});
  const auto automatic = [](const Run& run) { return !run.requested; };
  drop_queued_automatic(automatic);
  const std::vector<RunPtr> runs = running_;
  for (const RunPtr& run : runs) {
    if (!automatic(*run) || run->winding_down()) continue;
    run->lost = {"paused"};
    run->cancel.cancel(CancelReason::kConstraintLost);
  }
  mark_changed();
}

void SchedulerCore::resume() {
  store_.save_pause(std::nullopt);  // also one that could not be read at the start
  if (std::exchange(pause_, std::nullopt)) mark_changed();
  conditions_changed();
}

// One that has ended meanwhile is over. A clock that has been set back since, or that is not set
// yet, does not make it longer than it was meant to be.
void SchedulerCore::restore_pause() {
  const std::optional<SavedPause> saved = store_.load_pause();
  if (!saved) return;
  const Moment now = moment();
  const Pause pause = pause_until(saved->until, {now.steady, std::max(now.wall, saved->since)});
  if (pause.ends <= now.steady) return store_.save_pause(std::nullopt);
  pause_ = pause;
}

std::optional<base::WallTime> SchedulerCore::paused_until() const {
  if (!paused()) return std::nullopt;
  if (pause_->ends == kNever) return base::WallTime::max();
  // The steady clock decides; the answer is as it was asked for unless the wall clock was set.
  const base::WallTime ends = wall_at(pause_->ends, moment());
  const bool as_asked =
      pause_->until && std::chrono::abs(ends - *pause_->until) <= std::chrono::milliseconds(2);
  return as_asked ? *pause_->until : ends;
}

void SchedulerCore::set_max_concurrent(unsigned limit) {
  options_.max_concurrent = std::max(limit, 1U);
  dispatch();
  mark_changed();
}

void SchedulerCore::set_interval(std::string_view name, base::Duration interval) {
  JobRecord* job = find(name);
  if (job == nullptr || job->spec().interval == interval) return;
  job->set_interval(interval);
  mark_changed();
}

}  // namespace lull::scheduler::detail
