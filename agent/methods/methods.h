// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "agent/control/method.h"
#include "agent/services/auto_clean.h"
#include "agent/services/clean_service.h"
#include "agent/services/habits.h"
#include "agent/services/journal_service.h"
#include "agent/services/metrics_text.h"
#include "agent/services/optimize_service.h"
#include "agent/services/run_costs.h"
#include "agent/services/scan_service.h"
#include "agent/services/settings_service.h"
#include "agent/services/size_service.h"
#include "agent/services/snapshot_service.h"
#include "agent/services/undo_service.h"
#include "agent/services/verdict_service.h"
#include "scheduler/engine.h"
#include "scheduler/job_scheduler.h"

namespace lull::agent {

// What the methods of org.lull.Agent speak to. Outlives the table.
struct MethodServices {
  scheduler::Engine& engine;
  scheduler::JobScheduler& jobs;
  SnapshotService& snapshot;
  ScanService& scan;
  SizeService& sizes;
  SettingsService& settings;
  JournalService& journal;
  std::function<std::string(MetricsFormat)> metrics;
  VerdictService& verdicts;
  Habits& habits;
  CleanService& clean;
  UndoService& undo;
  OptimizeService& optimize;
  AutoClean& auto_clean;
  RunCosts& costs;
  std::function<base::Result<std::uint64_t>()> forget;  // what was learnt, and old runs; parks
  // Of the words of lull-popover, empty: none; parks.
  std::function<base::Status(const std::string& page, const std::string& start)> show_popover;
};

// Fills the table, one group of methods per file.
void add_state_methods(control::MethodTable& table, const MethodServices& services);
void add_disk_methods(control::MethodTable& table, const MethodServices& services);
void add_clean_methods(control::MethodTable& table, const MethodServices& services);
void add_optimize_methods(control::MethodTable& table, const MethodServices& services);
void add_rule_methods(control::MethodTable& table, const MethodServices& services);
void add_job_methods(control::MethodTable& table, const MethodServices& services);
void add_settings_methods(control::MethodTable& table, const MethodServices& services);

}  // namespace lull::agent
