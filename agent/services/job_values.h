// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/base/result.h"
#include "scheduler/job.h"
#include "scheduler/job_scheduler.h"

namespace lull::agent {

// Carries the value of a job's run to everybody who asked for that run. The body put()s it; each
// request awaits() it; it is forgotten when the last one has it. Engine thread.
template <class Value>
class JobValues {
 public:
  explicit JobValues(std::string job) : job_(std::move(job)) {}

  // From the body: the value of the run with these parameters. Kept only if somebody waits.
  void put(const scheduler::JobParameters& parameters, base::Result<Value> value) {
    const auto slot = slots_.find(parameters);
    if (slot != slots_.end())
      slot->second.value = std::make_shared<base::Result<Value>>(std::move(value));
  }

  // Requests the job and parks the calling fiber until its value is there. When `cancel` fires and
  // nobody else waits, the run is cancelled and what it had found is the answer.
  base::Result<Value> request(
      scheduler::JobScheduler& jobs, const scheduler::JobParameters& parameters,
      const base::CancelToken& cancel,
      const std::function<void(const scheduler::RunTicket&)>& started = {}) {
    const Waiter waiter(slots_, parameters);
    auto ticket = jobs.request(job_, parameters);
    if (!ticket) return tl::unexpected(std::move(ticket).error());
    if (started) started(*ticket);
    const scheduler::JobResult result = ticket->wait(cancel);
    if (const auto& value = slots_.at(parameters).value) return *value;
    if (result.outcome == scheduler::Outcome::kCancelled)
      return base::fail(base::ErrorCode::kCancelled, "cancelled before anything was found");
    return base::fail(base::ErrorCode::kInternal,
                      result.message.empty() ? job_ + " gave no result" : result.message);
  }

 private:
  struct Slot {
    unsigned waiters = 0;
    std::shared_ptr<base::Result<Value>> value;
  };
  using Slots = std::map<scheduler::JobParameters, Slot>;

  // Counts a request in and out, whichever way it ends.
  class Waiter {
   public:
    Waiter(Slots& slots, const scheduler::JobParameters& parameters)
        : slots_(slots), parameters_(parameters) {
      ++slots_[parameters_].waiters;
    }
    ~Waiter() {
      const auto slot = slots_.find(parameters_);
      if (--slot->second.waiters == 0) slots_.erase(slot);
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

   private:
    Slots& slots_;
    const scheduler::JobParameters parameters_;
  };

  std::string job_;
  Slots slots_;
};

}  // namespace lull::agent
