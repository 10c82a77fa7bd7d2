// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/services/relief_service.h"
#include "scheduler/job_scheduler.h"
#include "tests/support/fake_relief.h"
#include "tests/support/virtual_engine.h"

namespace lull::support {

// Relief with a scheduler, on a machine made of values, in virtual time: 16 GiB, a twentieth of it
// available, one app that does nothing and one that was busy last.
class ReliefWorld {
 public:
  ReliefWorld() : machine(world.time), apps(machine) {
    machine.memory->available_bytes = machine.memory->total_bytes / 20;
    machine.memory->swap_total_bytes = 8 * base::kGiB;
    machine.memory->swap_used_bytes = 0;
    apps.add("app-old-1.scope", 1);
    apps.add("app-front-2.scope", 2);
  }

  struct Running {
    explicit Running(ReliefWorld& owner)
        : journal(agent::JournalService::open(owner.world.engine, owner.world.executor,
                                              owner.journal_path)),
          monitor(owner.probes(), owner.world.engine.time()),
          power(owner.machine.power_probe()),
          senses(owner.world.engine, owner.world.executor, owner.settings,
                 {monitor, *power, [&owner] { return owner.level; },
                  [&owner] { return owner.noticed_at; }, [&owner] { return owner.person_idle; },
                  [&owner] {
                    ++owner.fronts_asked;
                    return owner.front_way;
                  },
                  [&owner] { return owner.inhibitors; }},
                 owner.facilities ? owner.facilities() : owner.apps.facilities()),
          relief(owner.world.engine, owner.world.executor, monitor, *journal, senses,
                 owner.actions()),
          jobs(owner.world.engine, *journal, {}) {
      for (auto& condition : relief.conditions()) jobs.add_condition(std::move(condition));
      for (const char* code : {"relief-off", "user-active", "cpu-busy", "on-battery", "pressure",
                               "thermal", "quiet-hours", "inhibited"})
        jobs.add_condition({code, [&owner, code = std::string(code)] {
                              return scheduler::ConditionState{code != owner.unmet, "", ""};
                            }});
      for (auto& job : relief.jobs()) jobs.add_job(std::move(job));
      jobs.start();
    }
    ~Running() { jobs.shut_down(std::chrono::seconds(1)); }

    std::unique_ptr<agent::JournalService> journal;
    stats::SystemMonitor monitor;
    std::unique_ptr<platform::PowerProbe> power;
    agent::ReliefSenses senses;
    agent::ReliefService relief;
    scheduler::JobScheduler jobs;
  };

  void run(const std::function<void(Running&)>& story) {
    world.run([&](scheduler::TaskGroup&) {
      Running running(*this);
      story(running);
    });
  }
  // Time passes; the app in front is busy all along.
  void pass(Running& running, base::Duration by) {
    for (base::Duration gone{}; gone < by; gone += std::chrono::minutes(1)) {
      if (apps.scopes.size() > 1) *apps.scopes[1].cpu_us += 10'000'000;
      running.senses.look_at_apps();
      world.sleep(std::min<base::Duration>(std::chrono::minutes(1), by - gone));
    }
  }
  // The apps have been looked at for long enough to know which are idle.
  void get_to_know(Running& running) { pass(running, std::chrono::minutes(16)); }
  // Something stalls: the kernel says so, and relief is asked.
  void stall(Running& running, model::PressureLevel to = model::PressureLevel::kWarning) {
    level = to;
    running.jobs.raise(scheduler::Trigger::kPressure);
  }

  testing::VirtualEngine world;
  FakePlatform machine;
  FakeApps apps;
  agent::Settings settings;
  std::optional<model::PressureLevel> level = model::PressureLevel::kNormal;
  std::optional<base::SteadyTime> noticed_at;
  std::optional<base::Duration> person_idle;
  std::string unmet = "user-active";  // a condition's code: no room is made
  std::function<agent::ReliefFacilities()> facilities;
  std::string journal_path;  // empty: in memory
  std::string acts;          // in order: "stop shed ask "
  std::string asked_about;
  std::function<relief::Streams()> streams;
  relief::StaleFiles stale;  // none are found without the user's consent
  std::optional<std::string> front_way;
  int fronts_asked = 0;
  std::vector<std::string> inhibitors;  // "mpv (playing)"

 private:
  stats::Probes probes() {
    return {machine.memory_probe(),  machine.cpu_probe(),      machine.disk_probe(),
            machine.process_probe(), machine.pressure_probe(), machine.power_probe(),
            machine.thermal_probe()};
  }
  agent::ReliefService::Actions actions() {
    agent::ReliefService::Actions made;
    made.stop_background = [this] { acts += "stop "; };
    made.shed = [this] { acts += "shed "; };
    made.ask = [this](const relief::ReliefAction& question) {
      acts += "ask ";
      asked_about = question.unit;
    };
    made.find_stale = [this](const base::CancelToken&) { return stale; };
    made.move_stale = [this](const relief::StaleFiles& found, const base::CancelToken&) {
      acts += "move ";
      return relief::MovedStale{7, found.found.size(), found.bytes, 0, "", found.bytes};
    };
    if (streams) {
      made.find_streams = [this](const base::CancelToken&) {
        acts += "find ";
        return streams();
      };
      made.drop_streams = [this](const relief::Streams& found, const base::CancelToken&) {
        acts += "drop ";
        return relief::DroppedStreams{found.found.size(), found.bytes, 0, 0};
      };
    }
    return made;
  }
};

}  // namespace lull::support
