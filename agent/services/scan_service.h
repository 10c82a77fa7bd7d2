// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/services/job_values.h"
#include "agent/services/run_costs.h"
#include "agent/settings.h"
#include "core/base/environment.h"
#include "core/model/reports.h"
#include "core/model/snapshot.h"
#include "core/scan/rule_loader.h"
#include "core/scan/rules.h"
#include "core/scan/scanner.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"

namespace lull::agent {

// Looks for what could be cleaned: the periodic job `scan`, and the same job when somebody asks.
// Engine thread.
class ScanService {
 public:
  ScanService(scheduler::Engine& engine, scheduler::ComputePool& compute, scan::LoadedRules rules,
              base::UserDirectories directories, const Settings& settings);

  scheduler::JobSpec job();  // references this service

  // Joins or starts a scan; an empty list means all categories.
  base::Result<model::ScanReport> scan(
      scheduler::JobScheduler& jobs, const std::vector<std::string>& categories, bool items,
      const base::CancelToken& cancel,
      const std::function<void(const scheduler::RunTicket&)>& started = {});

  // Within the run of another job: a scan of everything, if the last report is older than `age`.
  scheduler::JobResult refresh(scheduler::JobContext& context, base::Duration age);
  // Within the run of another job: what is in these categories now, with items.
  base::Result<model::ScanReport> scan_within(const scheduler::JobContext& context,
                                              const std::vector<std::string>& categories);
  // Where runs learn how much there will be; outlives this service.
  void use_costs(RunCosts& costs) { costs_ = &costs; }

  // What was loaded last. A running scan goes on with what it began with.
  const scan::LoadedRules& rules() const { return *rules_; }
  // The same, for as long as it is held.
  std::shared_ptr<const scan::LoadedRules> held_rules() const { return rules_; }
  void replace_rules(scan::LoadedRules rules);
  const base::UserDirectories& directories() const { return directories_; }
  const std::string& home() const { return directories_.home; }
  // Of the last complete scan of all categories.
  const std::optional<model::Reclaimable>& reclaimable() const { return reclaimable_; }
  const std::optional<model::ScanReport>& last_report() const { return last_report_; }
  // Called on the run's fiber with every complete report that lists items; may wait.
  void on_items(std::function<void(const model::ScanReport&)> observer) {
    items_observer_ = std::move(observer);
  }
  // Called when reclaimable() changed.
  void on_change(std::function<void()> observer) { observer_ = std::move(observer); }

 private:
  scheduler::JobResult run(scheduler::JobContext& context);
  base::Result<model::ScanReport> scan_all_of(scheduler::JobContext& context);
  base::Result<model::ScanReport> scan_on_pool(const scheduler::JobContext& context);
  void remember(const model::ScanReport& report);

  scheduler::Engine& engine_;
  scheduler::ComputePool& compute_;
  std::shared_ptr<const scan::LoadedRules> rules_;
  const base::UserDirectories directories_;
  const Settings& settings_;
  JobValues<model::ScanReport> values_{"scan"};
  std::optional<model::Reclaimable> reclaimable_;
  std::optional<model::ScanReport> last_report_;  // without entries
  std::optional<base::SteadyTime> remembered_;    // when
  RunCosts* costs_ = nullptr;
  std::function<void(const model::ScanReport&)> items_observer_;
  std::function<void()> observer_;
};

}  // namespace lull::agent
