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

#include "agent/services/habits.h"
#include "agent/services/run_costs.h"
#include "agent/services/scan_service.h"
#include "agent/services/size_service.h"
#include "agent/services/warm_up.h"
#include "core/cache/store_disk.h"
#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"
#include "tests/support/virtual_engine.h"

// The agent's services on a real home and a real journal, in virtual time that begins on Monday,
// 2026-01-05, at eight in the morning. Conditions are met unless a story says otherwise.
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
      const auto journal =
          agent::JournalService::open(world.engine, world.executor, temp / "state/lull/journal.db");
      agent::Habits own_habits(world.time, *journal, settings);
      scheduler::ComputePool compute(2);
      scheduler::JobScheduler own_jobs(world.engine, *journal, {});
      auto rules = scan::builtin_rules();
      ASSERT_TRUE(rules) << rules.error().to_string();
      agent::ScanService own_scan(world.engine, compute, {*std::move(rules), {}},
                                  support::directories_below(temp), settings);
      agent::SizeService own_sizes(
          world.engine, compute, world.executor, settings,
          agent::SizeParts{cache::make_disk_store({temp / "home/.cache/lull"}), nullptr,
                           cache::measure, temp / "home"});
      agent::RunCosts costs(world.time, *journal);
      own_scan.use_costs(costs);
      own_sizes.use_costs(costs);
      own_habits.restore_uses([&](const std::string& path, double score, base::Duration age) {
        own_sizes.restore_use(path, score, age);
      });
      agent::WarmUp warm_up({[&](auto& run) { return own_scan.refresh(run, 15min); },
                             [&](auto& run) { return own_sizes.refresh(run); }});
      jobs = &own_jobs;
      habits = &own_habits;
      scans = &own_scan;
      sizes = &own_sizes;
      add_conditions();
      own_jobs.add_job(own_sizes.size_job());
      for (auto& job : {own_scan.job(), own_sizes.refresh_job(), warm_up.job()})
        if (jobs_wanted.contains(job.name)) own_jobs.add_job(job);
      own_jobs.on_run_ended(
          [&](const auto& spec, const auto& result, auto started, auto elapsed, bool automatic) {
            runs.push_back({spec.name, result, started, elapsed, automatic});
          });
      own_jobs.start();
      life();
      own_jobs.shut_down(24h);
      own_habits.save_uses([&](std::size_t limit) { return own_sizes.hottest(limit); }, true);
      journal->flush();
    });
  }

  void sleep(base::Duration duration) { world.engine.sleep_for(duration); }
  void sleep_to(base::WallTime when) { sleep(when - world.time.wall_now()); }
  // A condition of the story's own, instead of "met".
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
  agent::Settings settings;
  const support::TempDir temp;
  std::vector<EndedRun> runs;
  // Of the life that is being lived.
  scheduler::JobScheduler* jobs = nullptr;
  agent::Habits* habits = nullptr;
  agent::ScanService* scans = nullptr;
  agent::SizeService* sizes = nullptr;

 private:
  void add_conditions() {
    for (const char* code : {"refresh-off", "user-active", "cpu-busy", "on-battery", "pressure",
                             "thermal", "quiet-hours", "inhibited"})
      jobs->add_condition({code, [this, code] {
                             const auto own = met_.find(code);
                             const bool met = own == met_.end() || own->second();
                             return scheduler::ConditionState{met, "", ""};
                           }});
    jobs->add_condition({"nothing-stale", [this] {
                           return scheduler::ConditionState{sizes->stale_paths() > 0, "", ""};
                         }});
    jobs->add_condition({"no-usual-hour", [this] {
                           return scheduler::ConditionState{habits->usual_time_ahead(), "", ""};
                         }});
  }

  std::map<std::string, std::function<bool()>> met_;
};

}  // namespace lull::testing
