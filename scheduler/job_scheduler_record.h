// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "scheduler/job.h"
#include "scheduler/job_scheduler_timing.h"

namespace lull::scheduler::detail {

// How a run came about and went, as far as the job's schedule cares.
struct RunSummary {
  bool automatic = true;           // it began automatically
  bool default_parameters = true;  // only such runs count for the interval and the checkpoint
  base::SteadyTime began{};
  base::CancelReason cancelled = base::CancelReason::kNone;
};

// One job: its specification, what is persisted of it, and when it is due on the steady clock.
// Engine thread; knows neither fibers nor conditions.
class JobRecord {
 public:
  JobRecord(JobSpec spec, std::uint64_t jitter_seed);
  const JobSpec& spec() const { return spec_; }

  // Takes up a persisted state, or begins without one (a job that never ran is due at once). Wall
  // times that make no sense are clamped: due between now and one interval (or back-off) ahead.
  void restore(const JobState& state, const Moment& now);
  void begin_afresh(const Moment& now);

  // When the next automatic run is due: by interval, back-off, or because the last was cut short.
  // nullopt: never by the clock (pressure, request, an interval of zero).
  std::optional<base::SteadyTime> due_at() const;
  // When it may start: due, and not too soon.
  std::optional<base::SteadyTime> ready_at() const;
  // The end of minimum_gap and back-off; holds for every automatic run, also a raised one.
  base::SteadyTime not_before() const { return std::max(gap_ends_, back_off_ends_); }
  void set_interval(base::Duration interval) { spec_.interval = interval; }

  void run_began(const RunSummary& run, const Moment& now);
  void run_ended(const RunSummary& run, const JobResult& result, const Moment& now);

  // As it is to be persisted; next_due follows the wall clock of `now`.
  JobState state(const Moment& now) const;
  const std::string& checkpoint() const { return state_.checkpoint; }
  unsigned failures() const { return state_.failures; }

  // Conditions held a run back (or ended one) when they were last looked at. Returns whether the
  // codes are others than before.
  bool hold(std::vector<std::string> codes);
  void release() { held_by_.reset(); }
  bool held() const { return held_by_.has_value(); }
  const std::vector<std::string>& held_by() const;

 private:
  bool by_clock() const;
  base::Duration longest_wait() const;
  void plan_next(const RunSummary& run, const JobResult& result, const Moment& now);

  JobSpec spec_;
  const std::uint64_t jitter_seed_;
  JobState state_;
  std::optional<base::SteadyTime> interval_from_;  // start of the last run that counts
  // Counts instead of the interval's end: after a failure, when cut short, when it never ran.
  std::optional<base::SteadyTime> retry_at_;
  base::SteadyTime gap_ends_ = base::SteadyTime::min();
  base::SteadyTime back_off_ends_ = base::SteadyTime::min();
  std::optional<std::vector<std::string>> held_by_;
};

}  // namespace lull::scheduler::detail
