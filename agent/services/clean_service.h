// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "agent/services/clean_house.h"
#include "agent/services/job_values.h"
#include "agent/services/purge_service.h"
#include "agent/services/scan_service.h"
#include "agent/settings.h"
#include "core/clean/cleaner.h"
#include "core/clean/plan.h"
#include "core/clean/planner.h"
#include "core/model/clean_reports.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"
#include "scheduler/job_scheduler.h"

namespace lull::agent {

// Shows what would go to the trash, and moves what was shown: the on-request job `clean`, which
// acts on a plan. Engine thread.
class CleanService {
 public:
  using Started = std::function<void(const scheduler::RunTicket&)>;

  CleanService(scheduler::Engine& engine, scheduler::ComputePool& compute, CleanHouse& house,
               PurgeService& purges, ScanService& scans, const Settings& settings);

  scheduler::JobSpec job();  // references this service

  // Scans the named categories, or without any all of the tiers in `clean.tiers`, and writes down
  // what could go as a plan for clean(). Its id is empty if there is nothing to move or the scan
  // was stopped early.
  base::Result<model::PlanReport> offer(scheduler::JobScheduler& jobs,
                                        const std::vector<std::string>& categories, bool items,
                                        const base::CancelToken& cancel,
                                        const Started& started = {});

  // Moves what a plan of offer() says. kNotFound for one that is not known, kUnavailable for one
  // that is too old or was made by other rules, kPermissionDenied for another user's. With
  // `free_now` what was moved is then removed for good: there is no way back.
  base::Result<model::CleanReport> clean(scheduler::JobScheduler& jobs, const std::string& plan,
                                         bool free_now, const base::CancelToken& cancel,
                                         const Started& started = {});

  // ---- for a run of another job that has a turn

  // What judgements go by now: a plan of another basis is stale.
  std::string basis() const;
  // From what a scan by `rules` found to a plan; parks.
  clean::PlanMaking plan_of(const model::ScanReport& report, const scan::LoadedRules& rules,
                            const std::string& basis, scheduler::Executor& executor);
  // Moves what the plan says; `origin` is the history's. Parks.
  base::Result<clean::CleanResult> move(const scheduler::JobContext& context,
                                        const clean::Plan& plan, const CleanHouse::Turn& turn,
                                        const std::string& origin);
  // Told of every step of a move, on whatever thread (core/clean/fault_point.h); for tests.
  void on_step(clean::FaultHook hook) { hook_ = std::move(hook); }
  // Tells who wants to know that something was moved from there; parks.
  void tell_moved(const clean::Plan& plan);

  // Called after a run that has moved something, with the roots it was in; may wait.
  void on_moved(std::function<void(const std::vector<std::string>& roots)> observer) {
    observer_ = std::move(observer);
  }

 private:
  std::vector<std::string> categories_of_tiers() const;
  base::Status save(const clean::Plan& plan);
  scheduler::JobResult run(scheduler::JobContext& context);
  base::Result<model::CleanReport> clean_now(scheduler::JobContext& context, const std::string& id);
  void free(model::CleanReport& report, const CleanHouse::Turn& turn,
            scheduler::JobContext& context);
  base::Result<clean::Plan> find_plan(clean::CleanJournal& journal, const std::string& id) const;

  scheduler::Engine& engine_;
  scheduler::ComputePool& compute_;
  CleanHouse& house_;
  PurgeService& purges_;
  ScanService& scans_;
  const Settings& settings_;
  JobValues<model::CleanReport> values_{"clean"};
  std::function<void(const std::vector<std::string>&)> observer_;
  clean::FaultHook hook_;  // null: nobody wants to know
};

}  // namespace lull::agent
