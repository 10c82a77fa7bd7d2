// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/condition.h"
#include "scheduler/engine.h"
#include "scheduler/job.h"

namespace lull::scheduler {

// How a job stands; times are wall-clock for people.
struct JobView {
  const JobSpec* spec = nullptr;
  enum class State : std::uint8_t {
    kWaiting,   // not due
    kRunning,   // in its body
    kDeferred,  // due, but held back: blocked_by says by what
    kPaused,
  };
  State state = State::kWaiting;
  std::optional<base::WallTime> next_at;
  JobState persisted;
  std::vector<std::string> blocked_by;  // codes of unmet conditions, when due and not running
  std::optional<base::ProgressSnapshot> progress;
};

struct NamedConditionState {
  std::string code;
  ConditionState state;
};

struct Explanation {
  bool would_run = false;
  // The job's own in its order, then paused, too-soon, operation-limit.
  std::vector<NamedConditionState> conditions;
};

// A request for a job; copies share the run. Several requests with equal name and parameters share
// one run (single flight): it is cancelled only when all of them gave up. A ticket that is merely
// dropped does not give up: the run goes on.
class RunTicket {
 public:
  // Parks the calling fiber until the run has ended, or `cancel` fires: then this ticket gives up.
  // If others still wait for the run, the result is kCancelled at once. If it was the last, the run
  // is cancelled with the token's reason, and wait() returns when its body has ended, with the
  // body's result: what it had found by then is there. A body must not wait for another job: it
  // would hold its place under the operation limit meanwhile.
  JobResult wait(const base::CancelToken& cancel = {});
  base::ProgressSnapshot progress() const;
  // When its body began, for whoever asked first; nullopt while it waits for its turn.
  std::optional<base::SteadyTime> began() const;
  bool ended() const;

 private:
  friend class JobScheduler;
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

// Decides what runs when. Engine thread only.
//
// A job never starts with a constraint unmet and is cancelled (CancelReason::kConstraintLost)
// within 200 ms of one being lost; a run that a person asked for ignores constraints of comfort
// (all but "operation-limit", which queues it). At most `max_concurrent` runs at once; waiting runs
// start by priority, raised one step per minute waited, so nothing starves. Failed automatic runs
// back off (doubling from a minute to six hours, ±10 %). A run missed during suspend happens once.
//
// When: a job of the clock (idle, periodic) that never ran is due at once, and then `interval`
// after the start of its last automatic run or of a person's run that was done, both without
// parameters. One cut short by a lost constraint or by shutdown is due again at once, with its
// checkpoint; one that failed, after the back-off. Only runs without parameters have checkpoints.
//
// Wake-ups: one per due time; with jobs held back by conditions one in 30 to 45 s for all of them
// together (0.033/s at most), merged with other timers; 7 to 10 a second while an automatic run
// with constraints is under way.
class JobScheduler {
 public:
  struct Options {
    unsigned max_concurrent = 3;
    // False: nothing starts by itself, jobs run on request only; for a command without an agent.
    bool automatic = true;
    // How often the constraints of running automatic jobs are looked at; a loss is acted on within
    // one and a half of it.
    base::Duration recheck = std::chrono::milliseconds(100);
    std::uint64_t jitter_seed = 0;
  };
  JobScheduler(Engine& engine, JobStateStore& store, Options options);
  ~JobScheduler();

  void add_condition(Condition condition);  // before start()
  void add_job(JobSpec spec);               // before start()
  void start();                             // loads states, starts timers
  // Phases: no new runs; running ones cancelled or awaited by their ShutdownBehaviour, at most
  // until `deadline`; states saved. Returns the names of jobs that had not ended by then.
  std::vector<std::string> shut_down(base::Duration deadline);

  // Runs the job now (or as soon as the limit allows), or joins the run under way. An automatic run
  // that is joined is not cancelled by constraints any more; its JobContext::automatic stays as it
  // was. One that is already being cancelled is not joined but followed by a new run.
  // kNotFound with the nearest name for an unknown job; kUnavailable during shutdown.
  base::Result<RunTicket> request(std::string_view job, JobParameters parameters = {});
  // Starts all jobs with this trigger whose constraints are met (kPressure). What is held back now
  // is not remembered: raise again.
  void raise(Trigger trigger);
  // Something that conditions look at has changed: look again now.
  void conditions_changed();
  // Cancels every automatic run below kUserVisible; for "our own shedding first". What nobody asked
  // for by then: a run that a person joined is spared.
  void cancel_background(base::CancelReason reason);

  // No automatic runs until then (nullopt: until resume()); those under way are cancelled
  // (kConstraintLost). The distance is taken now: setting the wall clock later changes nothing.
  // Kept by the store: a process that starts anew goes on with it.
  void pause(std::optional<base::WallTime> until);
  void resume();
  std::optional<base::WallTime> paused_until() const;  // WallTime::max() while paused for good
  bool paused() const;

  void set_max_concurrent(unsigned limit);
  // Zero: not by the clock any more. An unknown job is ignored.
  void set_interval(std::string_view job, base::Duration interval);
  std::vector<JobView> jobs() const;
  base::Result<Explanation> explain(std::string_view job) const;
  // Called after any visible change (state, outcome), at most once per turn of the engine, by a
  // fiber; must not wait.
  void on_change(std::function<void()> observer);
  // Called when a run ends, automatic (nobody asked for it by its end) or not; must not wait. A
  // request that was cancelled before its body began is no run.
  void on_run_ended(std::function<void(const JobSpec&, const JobResult&, base::WallTime started,
                                       base::Duration elapsed, bool automatic)>
                        observer);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::scheduler
