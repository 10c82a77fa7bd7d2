// SPDX-License-Identifier: MIT
#include "scheduler/job_scheduler.h"

#include <utility>

#include "scheduler/job_scheduler_core.h"

namespace lull::scheduler {

struct JobScheduler::Impl : detail::SchedulerCore {
  using SchedulerCore::SchedulerCore;
};

JobScheduler::JobScheduler(Engine& engine, JobStateStore& store, Options options)
    : impl_(std::make_unique<Impl>(engine, store, options)) {}
JobScheduler::~JobScheduler() = default;

void JobScheduler::add_condition(Condition condition) {
  impl_->add_condition(std::move(condition));
}
void JobScheduler::add_job(JobSpec spec) { impl_->add_job(std::move(spec)); }
void JobScheduler::start() { impl_->start(); }
std::vector<std::string> JobScheduler::shut_down(base::Duration deadline) {
  return impl_->shut_down(deadline);
}

base::Result<RunTicket> JobScheduler::request(std::string_view job, JobParameters parameters) {
  auto run = impl_->request(job, std::move(parameters));
  if (!run) return tl::unexpected(std::move(run).error());
  RunTicket ticket;
  ticket.shared_ = std::make_shared<RunTicket::Shared>();
  ticket.shared_->run = *std::move(run);
  ticket.shared_->engine = &impl_->engine();
  return ticket;
}

void JobScheduler::raise(Trigger trigger) { impl_->raise(trigger); }
void JobScheduler::conditions_changed() { impl_->conditions_changed(); }
void JobScheduler::cancel_background(base::CancelReason reason) {
  impl_->cancel_background(reason);
}

void JobScheduler::pause(std::optional<base::WallTime> until) { impl_->pause(until); }
void JobScheduler::resume() { impl_->resume(); }
std::optional<base::WallTime> JobScheduler::paused_until() const { return impl_->paused_until(); }
bool JobScheduler::paused() const { return impl_->paused(); }

void JobScheduler::set_max_concurrent(unsigned limit) { impl_->set_max_concurrent(limit); }
void JobScheduler::set_interval(std::string_view job, base::Duration interval) {
  impl_->set_interval(job, interval);
}
std::vector<JobView> JobScheduler::jobs() const { return impl_->jobs(); }
base::Result<Explanation> JobScheduler::explain(std::string_view job) const {
  return impl_->explain(job);
}
void JobScheduler::on_change(std::function<void()> observer) {
  impl_->change_observers.push_back(std::move(observer));
}
void JobScheduler::on_run_ended(
    std::function<void(const JobSpec&, const JobResult&, base::WallTime, base::Duration, bool)>
        observer) {
  impl_->run_observers.push_back(std::move(observer));
}

namespace {

void park_until_ended(Engine& engine, detail::Run& run, const base::CancelToken& cancel) {
  if (run.has_ended()) return;
  const base::CancelSource woken(cancel);
  const auto on_end =
      run.ended.token().on_cancel([&woken] { woken.cancel(base::CancelReason::kUser); });
  while (!run.has_ended() && !cancel.cancelled())
    engine.sleep_until(base::SteadyTime::max(), {}, woken.token());
}

JobResult given_up(base::CancelReason reason) {
  return {Outcome::kCancelled, std::string(cancel_reason_name(reason)), {}};
}

}  // namespace

JobResult RunTicket::wait(const base::CancelToken& cancel) {
  const std::shared_ptr<Shared> shared = shared_;
  if (!shared) return given_up(base::CancelReason::kNone);
  detail::Run& run = *shared->run;
  if (shared->gave_up && !run.has_ended()) return given_up(cancel.reason());
  ++shared->waiting;
  park_until_ended(*shared->engine, run, cancel);
  --shared->waiting;
  if (run.has_ended()) return run.result;
  // Another holder of a copy still waits: then the request stands.
  if (shared->waiting > 0 || shared->gave_up) return given_up(cancel.reason());
  shared->gave_up = true;
  if (!run.core.give_up(run, cancel.reason())) return given_up(cancel.reason());
  // The last one stays until the body has put down what it found.
  park_until_ended(*shared->engine, run, {});
  return run.result;
}

base::ProgressSnapshot RunTicket::progress() const {
  return shared_ ? shared_->run->progress.snapshot() : base::ProgressSnapshot{};
}

std::optional<base::SteadyTime> RunTicket::began() const {
  if (!shared_ || shared_->run->began == base::SteadyTime{}) return std::nullopt;
  return shared_->run->began;
}

bool RunTicket::ended() const { return !shared_ || shared_->run->has_ended(); }

}  // namespace lull::scheduler
