// SPDX-License-Identifier: MIT
#pragma once
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "agent/services/auto_clean.h"
#include "agent/services/clean_house.h"
#include "agent/services/clean_service.h"
#include "agent/services/conditions.h"
#include "agent/services/habits.h"
#include "agent/services/history_job.h"
#include "agent/services/pressure_service.h"
#include "agent/services/purge_service.h"
#include "agent/services/relief_service.h"
#include "agent/services/run_costs.h"
#include "agent/services/scan_service.h"
#include "agent/services/size_service.h"
#include "agent/services/undo_service.h"
#include "agent/services/warm_up.h"
#include "core/cache/store_disk.h"
#include "tests/stories/household_machine.h"
#include "tests/support/fake_relief.h"
#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"
#include "tests/support/virtual_engine.h"

// The agent's services on a real home and a real journal, with their real conditions, on a machine
// of values, in virtual time that begins on Monday, 2026-01-05, at eight in the morning.
namespace lull::testing {

using namespace std::chrono_literals;

struct EndedRun {
  std::string job;
  scheduler::JobResult result;
  base::WallTime started;
  base::Duration elapsed;
  bool automatic;
};

class Household {
 public:
  Household() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    temp.write("home/.cache/thumbnails/normal/a.png", "x");
  }

  // One life of the agent; `jobs_wanted` are those it has ("size" always).
  void live(const std::set<std::string>& jobs_wanted, const std::function<void()>& life) {
    world.run([&](scheduler::TaskGroup&) {
      auto rules = scan::builtin_rules();
      ASSERT_TRUE(rules) << rules.error().to_string();
      Services own(*this, {*std::move(rules), {}});
      jobs = &own.jobs;
      habits = &own.habits;
      scans = &own.scan;
      sizes = &own.sizes;
      journal = own.journal.get();
      add_conditions(own);
      add_jobs(own, jobs_wanted);
      own.pressure.start();
      own.jobs.start();
      life();
      own.jobs.shut_down(24h);
      own.pressure.stop();
      own.habits.save_uses([&](std::size_t limit) { return own.sizes.hottest(limit); }, true);
      own.journal->flush();
    });
  }

  void sleep(base::Duration duration) { world.engine.sleep_for(duration); }
  void sleep_to(base::WallTime when) { sleep(when - world.time.wall_now()); }
  // A condition of the story's own, instead of the real one.
  void set(const std::string& code, std::function<bool()> met) { met_[code] = std::move(met); }
  std::vector<EndedRun> runs_of(const std::string& job) const {
    std::vector<EndedRun> found;
    for (const auto& run : runs)
      if (run.job == job) found.push_back(run);
    return found;
  }
  base::Result<model::TreeSize> size(const std::string& path) {
    habits->looked(agent::Habits::Look::kResult);
    return sizes->size(*jobs, path, false, {});
  }

  VirtualEngine world;
  HouseholdMachine machine{world.time};
  support::FakeApps apps{machine.fake};
  std::function<void()> on_shed;  // besides what the services themselves give back
  agent::Settings settings;
  const support::TempDir temp;
  std::vector<EndedRun> runs;
  // Of the life that is being lived.
  scheduler::JobScheduler* jobs = nullptr;
  agent::Habits* habits = nullptr;
  agent::ScanService* scans = nullptr;
  agent::SizeService* sizes = nullptr;
  agent::JournalService* journal = nullptr;

 private:
  // As agent/app.cc wires them, in the order of dependence.
  struct Services {
    Services(Household& house, scan::LoadedRules rules)
        : home(support::directories_below(house.temp)),
          journal(agent::JournalService::open(house.world.engine, house.world.executor,
                                              house.temp / "state/lull/journal.db")),
          habits(house.world.time, *journal, house.settings),
          compute(2),
          jobs(house.world.engine, *journal, {}),
          scan(house.world.engine, compute, std::move(rules), home, house.settings),
          sizes(house.world.engine, compute, house.world.executor, house.settings,
                agent::SizeParts{cache::make_disk_store({house.temp / "home/.cache/lull"}), nullptr,
                                 cache::measure, house.temp / "home"}),
          costs(house.world.time, *journal),
          warm_up({[this](auto& run) { return scan.refresh(run, 15min); },
                   [this](auto& run) { return sizes.refresh(run); }}),
          monitor(house.machine.probes(), house.world.time),
          cpu_probe(house.machine.cpu_probe()),
          others_load(*cpu_probe, house.world.time, [] { return base::Duration(0); }),
          power(house.machine.fake.power_probe()),
          thermal(house.machine.fake.thermal_probe()),
          user(house.machine.user_idle_probe()),
          pressure(house.world.engine, house.machine.pressure_probe(),
                   {[this]() -> std::optional<model::MemorySample> {
                      const auto sample = monitor.memory_now();
                      return sample ? std::optional(*sample) : std::nullopt;
                    },
                    [this](model::PressureLevel) { jobs.raise(scheduler::Trigger::kPressure); },
                    [this] { jobs.conditions_changed(); },
                    [this] { jobs.raise(scheduler::Trigger::kPressure); }}),
          senses(
              house.world.engine, house.world.executor, house.settings,
              {monitor, *power,
               [this] {
                 const auto now = pressure.current();
                 return now ? std::optional(now->level) : std::nullopt;
               },
               [this] { return pressure.noticed_at(); }, [this] { return user->read().idle_for; }},
              house.apps.facilities()),
          relief(house.world.engine, house.world.executor, monitor, *journal, senses,
                 {[this] { jobs.cancel_background(base::CancelReason::kConstraintLost); },
                  [this, &house] {
                    sizes.shed();
                    monitor.shed();
                    if (house.on_shed) house.on_shed();
                  }}),
          cleaning(house.world.engine, house.world.executor, *journal, home),
          purge(house.world.engine, compute, cleaning, house.settings, support::never_nearly_full),
          clean(house.world.engine, compute, cleaning, purge, scan, house.settings),
          undo(house.world.engine, compute, cleaning, house.settings),
          auto_clean({house.world.engine, compute, cleaning, clean, scan, house.settings,
                      [this] { return power->read().source == model::PowerSource::kBattery; },
                      support::never_nearly_full}) {
      scan.use_costs(costs);
      sizes.use_costs(costs);
      habits.restore_uses([this](const std::string& path, double score, base::Duration age) {
        sizes.restore_use(path, score, age);
      });
    }

    const base::UserDirectories home;
    const std::unique_ptr<agent::JournalService> journal;
    agent::Habits habits;
    scheduler::ComputePool compute;
    scheduler::JobScheduler jobs;
    agent::ScanService scan;
    agent::SizeService sizes;
    agent::RunCosts costs;
    agent::WarmUp warm_up;
    stats::SystemMonitor monitor;
    const std::unique_ptr<platform::CpuProbe> cpu_probe;
    agent::OthersCpuLoad others_load;
    const std::unique_ptr<platform::PowerProbe> power;
    const std::unique_ptr<platform::ThermalProbe> thermal;
    const std::unique_ptr<platform::UserIdleProbe> user;
    agent::PressureService pressure;
    agent::ReliefSenses senses;
    agent::ReliefService relief;
    agent::CleanHouse cleaning;
    agent::PurgeService purge;
    agent::CleanService clean;
    agent::UndoService undo;
    agent::AutoClean auto_clean;
  };

  void add_conditions(Services& own) {
    for (auto& condition :
         agent::make_conditions({settings, world.time, own.others_load, *own.power, *own.thermal,
                                 [&own] { return own.pressure.current(); }, own.user.get(),
                                 [this] {
                                   return model::IdleInhibitors{machine.idle_inhibitors, {}};
                                 },
                                 [&own] { return own.sizes.stale_paths(); }, &own.habits})) {
      condition.evaluate = [this, code = condition.code, real = std::move(condition.evaluate)] {
        const auto story = met_.find(code);
        return story == met_.end() ? real() : scheduler::ConditionState{story->second(), "", ""};
      };
      own.jobs.add_condition(std::move(condition));
    }
    for (auto& condition : own.relief.conditions()) own.jobs.add_condition(std::move(condition));
    for (auto& condition : own.auto_clean.conditions())
      own.jobs.add_condition(std::move(condition));
  }
  void add_jobs(Services& own, const std::set<std::string>& wanted) {
    own.jobs.add_job(own.sizes.size_job());
    auto all = own.relief.jobs();
    for (auto& job : {own.scan.job(), own.sizes.refresh_job(), own.warm_up.job(),
                      agent::history_job(*own.journal), own.purge.job(), own.clean.job(),
                      own.undo.job(), own.auto_clean.job()})
      all.push_back(job);
    for (auto& job : all)
      if (wanted.contains(job.name)) own.jobs.add_job(job);
    own.jobs.on_run_ended(
        [this](const auto& spec, const auto& result, auto started, auto elapsed, bool automatic) {
          runs.push_back({spec.name, result, started, elapsed, automatic});
        });
  }

  std::map<std::string, std::function<bool()>> met_;
};

}  // namespace lull::testing
