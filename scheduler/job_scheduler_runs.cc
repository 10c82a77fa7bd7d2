// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

#include "core/base/text.h"
#include "scheduler/job_scheduler_core.h"

// The life of a run: asked for or due, queued, admitted, in its body, ended.
namespace lull::scheduler::detail {

using base::CancelReason;
using base::ErrorCode;

namespace {

// Far more than a person asks for; a client gone wild must not fill our memory.
constexpr std::size_t kMostQueued = 1024;

std::string reason_text(const Run& run) {
  std::string text(base::cancel_reason_name(run.cancel.token().reason()));
  for (std::size_t i = 0; i < run.lost.size(); ++i) text += (i == 0 ? ": " : ", ") + run.lost[i];
  return text;
}

}  // namespace

JobRecord* SchedulerCore::find(std::string_view name) const {
  for (const auto& job : jobs_)
    if (job->spec().name == name) return job.get();
  return nullptr;
}

base::Result<JobRecord*> SchedulerCore::find_or_say(std::string_view name) const {
  if (JobRecord* job = find(name)) return job;
  std::vector<std::string_view> names;
  for (const auto& job : jobs_) names.push_back(job->spec().name);
  std::string message = "there is no job \"" + std::string(name) + "\"";
  if (const std::string_view nearest = base::nearest_word(name, names); !nearest.empty())
    message += "; did you mean \"" + std::string(nearest) + "\"?";
  return base::fail(ErrorCode::kNotFound, std::move(message));
}

bool SchedulerCore::in_flight(const JobRecord& job, const JobParameters& parameters) const {
  const auto same = [&](const RunPtr& run) { return run->is(job, parameters); };
  return std::any_of(running_.begin(), running_.end(), same) ||
         std::any_of(queue_.runs().begin(), queue_.runs().end(), same);
}

// A run that was cancelled but has not ended keeps its successor waiting: never two at once.
bool SchedulerCore::place_is_free_for(const Run& run) const {
  return std::none_of(running_.begin(), running_.end(),
                      [&](const RunPtr& other) { return other->is(run.job, run.parameters); });
}

RunPtr SchedulerCore::joinable(const JobRecord& job, const JobParameters& parameters) const {
  const auto same = [&](const RunPtr& run) {
    return run->is(job, parameters) && !run->winding_down();
  };
  const auto& queued = queue_.runs();
  if (const auto run = std::find_if(queued.begin(), queued.end(), same); run != queued.end())
    return *run;
  const auto run = std::find_if(running_.begin(), running_.end(), same);
  return run != running_.end() ? *run : nullptr;
}

base::Result<RunPtr> SchedulerCore::request(std::string_view name, JobParameters parameters) {
  auto job = find_or_say(name);
  if (!job) return tl::unexpected(std::move(job).error());
  if (!started_ || stopping_)
    return base::fail(ErrorCode::kUnavailable,
                      stopping_ ? "the agent is shutting down" : "the agent has not started yet");
  assert(engine_.on_engine_thread());
  if (const std::string& needs = (*job)->spec().needs_parameters;
      parameters.empty() && !needs.empty())
    return base::fail(ErrorCode::kInvalidArgument, std::string(name) + " " + needs);
  if (RunPtr run = joinable(**job, parameters)) {
    join(*run);
    return run;
  }
  if (queue_.size() >= kMostQueued)
    return base::fail(ErrorCode::kBusy, "too many requests are waiting");
  RunPtr run = enqueue(**job, std::move(parameters), true);
  run->tickets = 1;
  dispatch();
  return run;
}

RunPtr SchedulerCore::enqueue(JobRecord& job, JobParameters parameters, bool requested) {
  auto run = std::make_shared<Run>(*this, job, std::move(parameters), requested);
  queue_.add(run, engine_.now());
  mark_changed();
  return run;
}

void SchedulerCore::join(Run& run) {
  ++run.tickets;
  if (!std::exchange(run.requested, true)) mark_changed();
}

bool SchedulerCore::give_up(Run& run, CancelReason reason) {
  if (run.tickets > 0) --run.tickets;
  if (run.tickets > 0) return false;
  run.cancel.cancel(reason);
  const auto queued = queue_.remove_if([&](const Run& other) { return &other == &run; });
  if (!queued.empty()) end(queued.front(), {Outcome::kCancelled, reason_text(run), {}});
  poke();
  return true;
}

void SchedulerCore::dispatch() {
  if (!started_ || stopping_ || std::exchange(dispatching_, true)) return;
  while (running_.size() < options_.max_concurrent) {
    RunPtr run = queue_.take([this](const Run& queued) { return place_is_free_for(queued); });
    if (!run) break;
    run->phase = Run::Phase::kStarting;
    running_.push_back(run);
    spawn(run);
  }
  dispatching_ = false;
}

void SchedulerCore::spawn(const RunPtr& run) {
  try {
    fibers_->spawn(run->job.spec().name, [this, run](const base::CancelToken&) { execute(run); });
  } catch (const std::exception& error) {
    // Too many fibers: a failure of this run alone. An automatic one is tried at the next look.
    if (run->job.ready_at()) run->job.hold({});
    end(run, {Outcome::kFailed, error.what(), {}});
  }
}

void SchedulerCore::execute(const RunPtr& run) {
  if (!admit(run)) return;
  begin(*run);
  finish(run, call_body(*run));
}

// The last look before the body: what was met when the run was queued may not be any more.
bool SchedulerCore::admit(const RunPtr& run) {
  if (run->winding_down()) {
    end(run, {Outcome::kCancelled, reason_text(*run), {}});
    return false;
  }
  if (running_.size() > options_.max_concurrent) {
    // The limit was lowered meanwhile.
    std::erase(running_, run);
    queue_.put_back(run);
    return false;
  }
  if (run->requested) return true;
  std::vector<std::string> codes = held_back_by(run->job);
  if (codes.empty()) return true;
  if (run->job.ready_at()) run->job.hold(std::move(codes));
  end(run, {Outcome::kCancelled, "a condition was lost before it began", {}});
  return false;
}

std::vector<std::string> SchedulerCore::held_back_by(const JobRecord& job) const {
  std::vector<std::string> codes = conditions_.unmet(job.spec().constraints);
  if (paused()) codes.emplace_back("paused");
  if (engine_.now() < job.not_before()) codes.emplace_back("too-soon");
  return codes;
}

void SchedulerCore::begin(Run& run) {
  const Moment now = moment();
  const JobSpec& spec = run.job.spec();
  run.phase = Run::Phase::kRunning;
  run.began_automatic = !run.requested;
  run.began = now.steady;
  run.began_wall = now.wall;
  if (spec.deadline > base::Duration::zero()) run.deadline_at = plus(now.steady, spec.deadline);
  if (run.parameters.empty()) run.checkpoint = run.job.checkpoint();
  if (running_check_at_ <= now.steady || running_check_at_ == kNever)
    running_check_at_ = plus(now.steady, options_.recheck);
  run.job.run_began({run.began_automatic, run.parameters.empty(), run.began, {}}, now);
  // Saved now, so that a job which takes the process down is not the first thing its successor
  // does, again and again.
  save(run.job);
  mark_changed();
}

JobResult SchedulerCore::call_body(Run& run) const {
  JobContext context{run.cancel.token(), run.progress, run.parameters, run.checkpoint,
                     run.began_automatic};
  try {
    return run.job.spec().body(context);
  } catch (const std::exception& error) {
    return {Outcome::kFailed, error.what(), {}};
  } catch (...) {
    return {Outcome::kFailed, "it threw something that is no exception of the library", {}};
  }
}

void SchedulerCore::finish(const RunPtr& run, JobResult result) {
  const Moment now = moment();
  const CancelReason cancelled = run->cancel.token().reason();
  if (result.outcome == Outcome::kCancelled && result.message.empty())
    result.message = reason_text(*run);
  run->job.run_ended({run->began_automatic, run->parameters.empty(), run->began, cancelled}, result,
                     now);
  save(run->job);
  // Not before the next look: a condition that comes and goes must not start a run each time.
  if (cancelled == CancelReason::kConstraintLost && run->job.ready_at()) run->job.hold(run->lost);
  end(run, std::move(result));
  for (const auto& observer : run_observers)
    observer(run->job.spec(), run->result, run->began_wall, minus(now.steady, run->began),
             !run->requested);
}

// Takes the run out of its place, wakes who waits for it and lets the next one in.
void SchedulerCore::end(const RunPtr& run, JobResult result) {
  std::erase(running_, run);
  run->phase = Run::Phase::kEnded;
  run->result = std::move(result);
  run->ended.cancel(CancelReason::kUser);
  dispatch();
  if (stopping_ && running_.empty()) all_ended_.cancel(CancelReason::kShutdown);
  mark_changed();
}

void SchedulerCore::save(const JobRecord& job) { store_.save(job.state(moment())); }

}  // namespace lull::scheduler::detail
