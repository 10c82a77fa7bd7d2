// SPDX-License-Identifier: MIT
#include "scheduler/job_scheduler_core.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

// The loop of the job scheduler and its timers.
namespace lull::scheduler::detail {

using base::CancelReason;
using base::Duration;
using base::SteadyTime;

namespace {
constexpr Duration kShortestRecheck = std::chrono::milliseconds(1);
constexpr Duration kPauseEndTolerance = std::chrono::seconds(1);
constexpr Duration kDeadlineTolerance = std::chrono::seconds(1);
}  // namespace

SchedulerCore::SchedulerCore(Engine& engine, JobStateStore& store,
                             const JobScheduler::Options& options)
    : engine_(engine), store_(store), options_(options) {
  options_.max_concurrent = std::max(options_.max_concurrent, 1U);
  options_.recheck = std::max(options_.recheck, kShortestRecheck);
}

void SchedulerCore::add_job(JobSpec spec) {
  assert(!started_ && find(spec.name) == nullptr);
  jobs_.push_back(std::make_unique<JobRecord>(std::move(spec), options_.jitter_seed));
}

void SchedulerCore::start() {
  assert(!started_ && engine_.on_engine_thread());
  std::map<std::string, JobState> states;
  for (JobState& state : store_.load()) states.insert_or_assign(state.name, state);
  const Moment now = moment();
  for (const auto& job : jobs_) {
    const auto state = states.find(job->spec().name);
    if (state == states.end()) {
      job->begin_afresh(now);
    } else {
      job->restore(state->second, now);
    }
  }
  restore_pause();
  started_ = true;
  fibers_ = std::make_unique<TaskGroup>(engine_);
  fibers_->spawn("job scheduler", [this](const base::CancelToken&) { loop(); });
}

Moment SchedulerCore::moment() const { return {engine_.now(), engine_.time().wall_now()}; }

void SchedulerCore::loop() {
  while (!quit_) {
    woken_ = base::CancelSource();
    in_turn_ = true;
    turn();
    const Wake wake = next_wake();
    in_turn_ = false;
    tell_observers();
    if (look_again_ || woken_.cancelled()) {
      // Observers or conditions asked for another turn; let others have theirs first.
      engine_.yield();
    } else {
      engine_.sleep_until(wake.due, wake.tolerance, woken_.token());
    }
  }
}

void SchedulerCore::turn() {
  const SteadyTime now = engine_.now();
  const bool changed = std::exchange(look_again_, false);
  if (pause_ && now >= pause_->ends) {
    pause_.reset();
    store_.save_pause(std::nullopt);
    changed_ = true;
  }
  cancel_overdue(now);
  if (changed || now >= running_check_at_) recheck_running(now);
  look_at_jobs(now, changed || now >= held_check_at_);
  dispatch();
}

void SchedulerCore::poke() {
  // A turn under way looks at everything and computes the next wake-up at its end.
  if (!in_turn_) woken_.cancel(CancelReason::kUser);
}

void SchedulerCore::mark_changed() {
  changed_ = true;
  poke();
}

void SchedulerCore::tell_observers() {
  if (!std::exchange(changed_, false)) return;
  for (const auto& observer : change_observers) observer();
}

void SchedulerCore::cancel_overdue(SteadyTime now) {
  const std::vector<RunPtr> runs = running_;
  for (const RunPtr& run : runs)
    if (now >= run->deadline_at) run->cancel.cancel(CancelReason::kDeadline);
}

void SchedulerCore::recheck_running(SteadyTime now) {
  running_check_at_ = plus(now, options_.recheck);
  const std::vector<RunPtr> runs = running_;
  for (const RunPtr& run : runs) {
    if (run->phase != Run::Phase::kRunning || run->requested || run->winding_down()) continue;
    run->lost = conditions_.unmet(run->job.spec().constraints);
    if (!run->lost.empty()) run->cancel.cancel(CancelReason::kConstraintLost);
  }
}

void SchedulerCore::look_at_jobs(SteadyTime now, bool again) {
  if (stopping_ || !options_.automatic) return;
  bool any_held = false;
  for (const auto& job : jobs_) {
    look_at(*job, now, again);
    any_held = any_held || job->held();
  }
  if (!any_held) {
    held_check_at_ = kNever;
  } else if (again || held_check_at_ == kNever) {
    held_check_at_ = plus(now, kHeldRecheck);
  }
}

void SchedulerCore::look_at(JobRecord& job, SteadyTime now, bool again) {
  const auto ready = job.ready_at();
  if (!ready || paused() || now < *ready || in_flight(job, {})) {
    job.release();
    return;
  }
  if (job.held() && !again) return;
  std::vector<std::string> unmet = conditions_.unmet(job.spec().constraints);
  if (unmet.empty()) {
    job.release();
    enqueue(job, {}, false);
  } else if (job.hold(std::move(unmet))) {
    changed_ = true;
  }
}

Wake SchedulerCore::next_wake() {
  wakes_.clear();
  if (!stopping_ && options_.automatic) add_job_wakes();
  add_run_wakes();
  if (pause_ && pause_->ends != kNever) wakes_.add(pause_->ends, kPauseEndTolerance);
  return wakes_.merged();
}

void SchedulerCore::add_job_wakes() {
  wakes_.add(held_check_at_, kHeldTolerance);
  if (paused()) return;
  for (const auto& job : jobs_) {
    const auto ready = job->ready_at();
    if (!ready || job->held() || in_flight(*job, {})) continue;
    wakes_.add(*ready, std::max(job->spec().tolerance, Duration::zero()));
  }
}

void SchedulerCore::add_run_wakes() {
  bool any_checked = false;
  for (const RunPtr& run : running_) {
    if (run->phase != Run::Phase::kRunning || run->winding_down()) continue;
    if (run->deadline_at != kNever)
      wakes_.add(run->deadline_at, std::min(run->job.spec().deadline / 10, kDeadlineTolerance));
    any_checked = any_checked || (!run->requested && !run->job.spec().constraints.empty());
  }
  // Half as much again at most: a loss is then seen within one and a half `recheck`.
  if (any_checked) wakes_.add(running_check_at_, options_.recheck / 2);
}

}  // namespace lull::scheduler::detail
