// SPDX-License-Identifier: MIT
#include "scheduler/job_scheduler_record.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace lull::scheduler::detail {

using base::CancelReason;
using base::Duration;
using base::SteadyTime;

JobRecord::JobRecord(JobSpec spec, std::uint64_t jitter_seed)
    : spec_(std::move(spec)), jitter_seed_(jitter_seed) {
  state_.name = spec_.name;
}

bool JobRecord::by_clock() const {
  return (spec_.trigger == Trigger::kIdle || spec_.trigger == Trigger::kPeriodic) &&
         spec_.interval > Duration::zero();
}

Duration JobRecord::longest_wait() const {
  const Duration retry =
      state_.failures > 0 ? back_off(state_.failures, jitter_seed_, spec_.name) : Duration::zero();
  return std::max(spec_.interval, retry);
}

void JobRecord::begin_afresh(const Moment& now) { retry_at_ = now.steady; }

void JobRecord::restore(const JobState& state, const Moment& now) {
  state_ = state;
  state_.name = spec_.name;
  if (state.last_started) {
    // A start that lies ahead of us is one that has just happened.
    const auto since = [&](Duration limit) {
      return time_until(now.wall, *state.last_started, limit);
    };
    interval_from_ = plus(now.steady, -since(spec_.interval));
    gap_ends_ = plus(now.steady, spec_.minimum_gap - since(spec_.minimum_gap));
  }
  if (!state.next_due) {
    if (!state.last_started) begin_afresh(now);
    return;
  }
  const SteadyTime due = plus(now.steady, time_until(*state.next_due, now.wall, longest_wait()));
  if (state.failures > 0) {
    retry_at_ = due;
    back_off_ends_ = due;
  } else {
    interval_from_ = plus(due, -spec_.interval);
  }
}

std::optional<SteadyTime> JobRecord::due_at() const {
  if (!by_clock()) return std::nullopt;
  if (retry_at_ || !interval_from_) return retry_at_;
  return plus(*interval_from_, spec_.interval);
}

std::optional<SteadyTime> JobRecord::ready_at() const {
  const std::optional<SteadyTime> due = due_at();
  return due ? std::max(*due, not_before()) : due;
}

void JobRecord::run_began(const RunSummary& run, const Moment& now) {
  state_.last_started = now.wall;
  release();
  if (!run.automatic || !run.default_parameters) return;
  interval_from_ = run.began;
  retry_at_.reset();
}

void JobRecord::run_ended(const RunSummary& run, const JobResult& result, const Moment& now) {
  state_.last_outcome = result.outcome;
  state_.last_message = result.message;
  if (run.default_parameters) {
    const bool goes_on =
        result.outcome == Outcome::kPartial || result.outcome == Outcome::kCancelled;
    state_.checkpoint = goes_on ? result.checkpoint : std::string();
    plan_next(run, result, now);
  }
}

void JobRecord::plan_next(const RunSummary& run, const JobResult& result, const Moment& now) {
  if (!run.automatic) {
    // A person's run that went through stands for the automatic one; one that did not changes
    // nothing.
    if (result.outcome != Outcome::kDone) return;
    state_.failures = 0;
    back_off_ends_ = SteadyTime::min();
    interval_from_ = run.began;
    retry_at_.reset();
    return;
  }
  gap_ends_ = plus(now.steady, spec_.minimum_gap);
  if (result.outcome == Outcome::kFailed) {
    if (state_.failures < std::numeric_limits<unsigned>::max()) ++state_.failures;
    back_off_ends_ = plus(now.steady, back_off(state_.failures, jitter_seed_, spec_.name));
    retry_at_ = back_off_ends_;
    return;
  }
  if (result.outcome != Outcome::kCancelled) state_.failures = 0;
  const bool cut_short =
      run.cancelled == CancelReason::kConstraintLost || run.cancelled == CancelReason::kShutdown;
  if (cut_short && result.outcome != Outcome::kDone) retry_at_ = now.steady;
}

JobState JobRecord::state(const Moment& now) const {
  JobState state = state_;
  const std::optional<SteadyTime> ready = ready_at();
  const bool backing_off = back_off_ends_ > now.steady;
  state.next_due.reset();
  if (ready) state.next_due = wall_at(*ready, now);
  if (!ready && backing_off) state.next_due = wall_at(back_off_ends_, now);
  return state;
}

bool JobRecord::hold(std::vector<std::string> codes) {
  if (held_by_ == codes) return false;
  held_by_ = std::move(codes);
  return true;
}

const std::vector<std::string>& JobRecord::held_by() const {
  static const std::vector<std::string> kNone;
  return held_by_ ? *held_by_ : kNone;
}

}  // namespace lull::scheduler::detail
