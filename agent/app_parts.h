// SPDX-License-Identifier: MIT
#pragma once
// What an agent is made of; only app.cc and app_assembly.cc include it.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/app.h"
#include "agent/presence/user_presence.h"
#include "agent/services/agent_metrics.h"
#include "agent/services/auto_clean.h"
#include "agent/services/auto_clean_teller.h"
#include "agent/services/cache_tuner.h"
#include "agent/services/clean_house.h"
#include "agent/services/clean_service.h"
#include "agent/services/conditions.h"
#include "agent/services/file_watch.h"
#include "agent/services/habits.h"
#include "agent/services/journal_service.h"
#include "agent/services/metrics_file.h"
#include "agent/services/optimize_service.h"
#include "agent/services/power_news.h"
#include "agent/services/pressure_service.h"
#include "agent/services/purge_service.h"
#include "agent/services/relief_service.h"
#include "agent/services/run_costs.h"
#include "agent/services/run_counters.h"
#include "agent/services/scan_service.h"
#include "agent/services/settings_service.h"
#include "agent/services/size_service.h"
#include "agent/services/snapshot_service.h"
#include "agent/services/undo_service.h"
#include "agent/services/verdict_service.h"
#include "agent/services/warm_up.h"
#include "core/scan/rule_loader.h"
#include "core/stats/system_monitor.h"

namespace lull::agent {

// In the order of dependence: destroyed from the last to the first.
struct App::Parts {
  Parts(scheduler::Engine& engine_in, AppOptions options_in)
      : engine(engine_in),
        options(std::move(options_in)),
        monitor(stats::make_probes({}, engine.time()), engine.time()),
        cpu_probe(platform::make_cpu_probe({})),
        others_load(*cpu_probe, engine.time(), own_cpu_time),
        power_probe(platform::make_power_probe({})),
        thermal_probe(platform::make_thermal_probe({})) {}

  void make_services(std::unique_ptr<SettingsService> loaded, scan::LoadedRules rules);
  base::Result<scan::LoadedRules> load_rules();
  void reload_rules();
  void watch_rules();
  void make_caches();
  void make_cleaning();
  void undo_for_notice(std::int64_t run);
  void turn_on_for_notice();
  void make_pressure();
  std::optional<std::string> front_way() const;
  void make_presence();
  void make_relief();
  void look_again_at(const std::vector<std::string>& paths);
  void settle_moves();
  void tell_news(bool worth_looking);
  void save_uses(bool now) {
    habits->save_uses([this](std::size_t limit) { return sizes->hottest(limit); }, now);
  }
  void make_jobs();
  void make_methods();
  std::string metrics(MetricsFormat format);
  base::Result<std::uint64_t> forget();
  base::Status show_popover(const PopoverWish& wish);
  void shed();
  void rest();
  bool is_working() const;
  void listen_for_power();
  bool can_undo();

  scheduler::Engine& engine;
  const AppOptions options;
  scheduler::BlockingPool blocking;
  scheduler::PatientPool patient;
  stats::SystemMonitor monitor;
  std::unique_ptr<platform::CpuProbe> cpu_probe;
  OthersCpuLoad others_load;
  std::unique_ptr<platform::PowerProbe> power_probe;
  std::unique_ptr<platform::ThermalProbe> thermal_probe;

  std::unique_ptr<SettingsService> settings;
  std::optional<scheduler::ComputePool> compute;
  std::unique_ptr<JournalService> journal;
  std::optional<Habits> habits;
  std::optional<RunCosts> costs;
  std::optional<CacheTuner> tuner;
  RunCounters runs;
  std::unique_ptr<presence::UserPresence> user;
  std::optional<scheduler::JobScheduler> jobs;
  std::optional<PressureService> pressure;
  std::optional<ScanService> scan;
  std::unique_ptr<FileWatch> rules_watch;
  std::optional<SizeService> sizes;
  std::optional<VerdictService> verdicts;
  std::optional<WarmUp> warm_up;
  std::optional<ReliefSenses> senses;
  std::optional<ReliefService> relief;
  std::optional<CleanHouse> clean_house;
  std::optional<PurgeService> purge;
  std::optional<CleanService> clean;
  std::optional<UndoService> undo;
  std::optional<AutoClean> auto_clean;
  std::optional<AutoCleanTeller> teller;
  std::optional<ReliefStaleFiles> stale_files;
  std::optional<ReliefSqueeze> squeeze;
  std::optional<OptimizeService> optimize;
  std::optional<SnapshotService> snapshot;
  std::unique_ptr<Desktop> desktop;
  std::optional<MetricsFile> metrics_file;
  control::MethodTable methods;
  std::function<std::vector<model::OperationStatus>()> ongoing;  // of the control server
  std::optional<PowerNews> power_news;
  std::optional<scheduler::TaskGroup> chores;
  bool resting = false;  // soon
  bool stopped = false;
};

}  // namespace lull::agent
