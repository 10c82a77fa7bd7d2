// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "scheduler/engine.h"
#include "scheduler/job.h"
#include "scheduler/job_scheduler.h"
#include "scheduler/job_scheduler_conditions.h"
#include "scheduler/job_scheduler_queue.h"
#include "scheduler/job_scheduler_record.h"
#include "scheduler/job_scheduler_run.h"
#include "scheduler/job_scheduler_timing.h"
#include "scheduler/task_group.h"

namespace lull::scheduler::detail {

// What stands behind JobScheduler; its public functions are documented there. One fiber (the loop)
// sleeps until the next moment at which anything can be due; every event wakes it for one turn. A
// run has a fiber of its own. Engine thread only.
//
// Bodies by subject: _core.cc the loop and its timers, _runs.cc from request to result,
// _control.cc pause, raise and settings, _explain.cc what is shown, _shutdown.cc the end.
class SchedulerCore {
 public:
  SchedulerCore(Engine& engine, JobStateStore& store, const JobScheduler::Options& options);
  ~SchedulerCore();
  SchedulerCore(const SchedulerCore&) = delete;
  SchedulerCore& operator=(const SchedulerCore&) = delete;

  void add_condition(Condition condition) { conditions_.add(std::move(condition)); }
  void add_job(JobSpec spec);
  void start();
  std::vector<std::string> shut_down(base::Duration deadline);

  base::Result<RunPtr> request(std::string_view name, JobParameters parameters);
  // A request does not want its run any more. Cancels the run and returns true if it was the last.
  bool give_up(Run& run, base::CancelReason reason);
  void raise(Trigger trigger);
  void conditions_changed();
  void cancel_background(base::CancelReason reason);

  void pause(std::optional<base::WallTime> until);
  void resume();
  bool paused() const { return pause_ && engine_.now() < pause_->ends; }
  std::optional<base::WallTime> paused_until() const;

  void set_max_concurrent(unsigned limit);
  void set_interval(std::string_view name, base::Duration interval);
  std::vector<JobView> jobs() const;
  base::Result<Explanation> explain(std::string_view name) const;

  Engine& engine() { return engine_; }

  using RunEnded =
      std::function<void(const JobSpec&, const JobResult&, base::WallTime, base::Duration, bool)>;
  std::vector<std::function<void()>> change_observers;
  std::vector<RunEnded> run_observers;

 private:
  struct Pause {
    base::SteadyTime ends = kNever;
    std::optional<base::WallTime> until;  // as it was asked for
  };

  // _control.cc
  static Pause pause_until(std::optional<base::WallTime> until, const Moment& now);
  void restore_pause();

  // _core.cc
  Moment moment() const;
  void loop();
  void turn();
  void poke();          // have a turn soon
  void mark_changed();  // something visible changed
  void tell_observers();
  void cancel_overdue(base::SteadyTime now);
  void recheck_running(base::SteadyTime now);
  void look_at_jobs(base::SteadyTime now, bool again);
  void look_at(JobRecord& job, base::SteadyTime now, bool again);
  Wake next_wake();
  void add_job_wakes();
  void add_run_wakes();

  // _runs.cc
  JobRecord* find(std::string_view name) const;
  base::Result<JobRecord*> find_or_say(std::string_view name) const;
  bool in_flight(const JobRecord& job, const JobParameters& parameters) const;
  bool place_is_free_for(const Run& run) const;
  RunPtr joinable(const JobRecord& job, const JobParameters& parameters) const;
  RunPtr enqueue(JobRecord& job, JobParameters parameters, bool requested);
  void join(Run& run);
  void dispatch();
  void spawn(const RunPtr& run);
  void execute(const RunPtr& run);
  bool admit(const RunPtr& run);
  void begin(Run& run);
  JobResult call_body(Run& run) const;
  void finish(const RunPtr& run, JobResult result);
  void end(const RunPtr& run, JobResult result);
  void save(const JobRecord& job);
  std::vector<std::string> held_back_by(const JobRecord& job) const;

  // _control.cc
  void drop_queued_automatic(const std::function<bool(const Run&)>& which);

  // _explain.cc
  JobView view(const JobRecord& job, const Moment& now) const;
  void show_standing(const JobRecord& job, const Moment& now, JobView& view) const;
  std::optional<base::WallTime> next_at(const JobRecord& job, const Moment& now) const;
  ConditionState paused_state() const;
  ConditionState too_soon_state(const JobRecord& job) const;
  ConditionState limit_state() const;

  // _shutdown.cc
  void stop_starting();
  void cancel_all_but_blocking();
  void end_loop();

  Engine& engine_;
  JobStateStore& store_;
  JobScheduler::Options options_;
  ConditionTable conditions_;
  std::vector<std::unique_ptr<JobRecord>> jobs_;
  RunQueue queue_;
  std::vector<RunPtr> running_;  // starting or running; each has a place
  std::optional<Pause> pause_;

  bool started_ = false;
  bool stopping_ = false;
  bool saved_at_end_ = false;
  base::CancelSource all_ended_;  // fires during shutdown when nothing runs any more

  bool quit_ = false;
  bool in_turn_ = false;
  bool dispatching_ = false;
  bool look_again_ = false;  // conditions changed since the last turn
  bool changed_ = false;
  base::CancelSource woken_;
  base::SteadyTime held_check_at_ = kNever;     // of all jobs held back together
  base::SteadyTime running_check_at_ = kNever;  // of all automatic runs together
  WakeWindow wakes_;
  std::unique_ptr<TaskGroup> fibers_;  // the loop and the runs
};

}  // namespace lull::scheduler::detail
