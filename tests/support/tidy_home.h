// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/services/auto_clean.h"
#include "agent/services/auto_clean_teller.h"
#include "agent/services/conditions.h"
#include "agent/services/history_job.h"
#include "agent/services/purge_service.h"
#include "agent/services/undo_service.h"
#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"
#include "tests/support/virtual_engine.h"

// A person's home that is cleaned by itself: real rules, files, trash and journal, the real
// conditions, and a machine and a person made of values. Virtual time begins on a Monday at eight
// in the morning (UTC), some three months ahead of the real clock, so that what a test writes is
// old.
namespace lull::testing {

using namespace std::chrono_literals;

// Keeps the processors busy by a share that the test sets; the counters follow virtual time.
class LifeCpu final : public platform::CpuProbe {
 public:
  explicit LifeCpu(const base::Clock& clock) : clock_(clock), at_(clock.now()) {}
  base::Result<Reading> read() override {
    advance();
    return Reading{{busy_, total_}, 1, 0};
  }
  void set_percent(double percent) {
    advance();
    percent_ = percent;
  }

 private:
  void advance() {
    const auto now = clock_.now();
    const auto passed = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now - at_).count());
    at_ += std::chrono::milliseconds(passed);
    total_ += passed;
    busy_ += static_cast<std::uint64_t>(std::lround(static_cast<double>(passed) * percent_ / 100));
  }
  const base::Clock& clock_;
  base::SteadyTime at_;
  double percent_ = 2;
  std::uint64_t busy_ = 0, total_ = 0;
};

class LifePower final : public platform::PowerProbe {
 public:
  model::PowerState read() override { return state; }
  model::PowerState state{model::PowerSource::kMains, std::nullopt};
};
class LifeThermal final : public platform::ThermalProbe {
 public:
  model::ThermalState read() override { return state; }
  model::ThermalState state;
};
class LifeUser final : public platform::UserIdleProbe {
 public:
  explicit LifeUser(const base::Clock& clock) : clock_(clock), left_at_(clock.now() - 1h) {}
  model::UserIdle read() override {
    return {left_at_ ? clock_.now() - *left_at_ : base::Duration::zero()};
  }
  void comes() { left_at_.reset(); }
  void goes() { left_at_ = clock_.now(); }

 private:
  const base::Clock& clock_;
  std::optional<base::SteadyTime> left_at_;
};

class TidyHome {
 public:
  TidyHome() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    // The same Monday morning, a whole number of weeks later.
    constexpr auto kWeek = std::chrono::hours(24 * 7);
    const auto ahead = base::system_clock().wall_now() - engine.time.wall_now();
    engine.time.jump_wall((ahead / kWeek + 14) * base::Duration(kWeek));
    start_ = engine.time.wall_now();
  }

  // What an agent has while it lives.
  struct Life {
    Life(TidyHome& home, scheduler::ComputePool& compute_pool, bool automatic)
        : compute(compute_pool),
          journal(agent::JournalService::open(home.engine.engine, home.engine.executor,
                                              home.journal_path())),
          jobs(home.engine.engine, *journal, {.automatic = automatic}),
          scans(home.engine.engine, compute, *scan::load_rules(home.rules_path(), ::geteuid()),
                support::directories_below(home.temp), home.settings),
          house(home.engine.engine, home.engine.executor, *journal,
                support::directories_below(home.temp)),
          purge(home.engine.engine, compute, house, home.settings,
                [&home](const std::string&) { return home.trash_nearly_full.load(); }),
          clean(home.engine.engine, compute, house, purge, scans, home.settings),
          undo(home.engine.engine, compute, house, home.settings),
          load(home.cpu, home.engine.time, [] { return base::Duration::zero(); }),
          auto_clean({home.engine.engine, compute, house, clean, scans, home.settings,
                      [&home] { return home.power.state.source == model::PowerSource::kBattery; },
                      [&home](const std::string&) { return home.nearly_full; }}),
          teller({home.engine.engine, home.engine.executor, *journal, home.settings,
                  [this] { return auto_clean.nearly_full(); },
                  [&home](const agent::AutoCleanNews& news, const base::CancelToken&) {
                    home.news.push_back(news);
                    home.told_at.push_back(home.engine.time.wall_now());
                    return home.somebody_is_told;
                  }}),
          chores(home.engine.engine) {
      auto_clean.on_interval(
          [this](base::Duration interval) { jobs.set_interval(agent::AutoClean::kJob, interval); });
      for (auto& condition :
           agent::make_conditions({home.settings, home.engine.time, load, home.power, home.thermal,
                                   [&home] { return home.pressure; }, &home.user,
                                   [&home] {
                                     return model::IdleInhibitors{home.inhibitors, {}};
                                   },
                                   [] { return std::size_t{0}; }}))
        jobs.add_condition(std::move(condition));
      for (auto& condition : auto_clean.conditions()) jobs.add_condition(std::move(condition));
      for (auto& job :
           {scans.job(), clean.job(), undo.job(), auto_clean.job(), agent::history_job(*journal)})
        jobs.add_job(job);
      auto purge_job = purge.job();
      purge_job.interval = {};  // on request only: it would ask the real volume how full it is
      jobs.add_job(std::move(purge_job));
      jobs.on_run_ended([this, &home](const auto& spec, const auto& result, auto started, auto,
                                      bool by_itself) {
        home.runs.push_back({spec.name, started, result, by_itself});
        if (spec.name == agent::AutoClean::kJob ? teller.run_ended(by_itself) : teller.occasion())
          chores.spawn("news", [this](const auto& cancel) { teller.look(cancel); });
      });
      jobs.start();
    }
    ~Life() { jobs.shut_down(1s); }

    // With the news of it.
    scheduler::JobResult clean_idle() {
      auto result = jobs.request("clean-idle")->wait();
      chores.join();
      return result;
    }
    base::Result<model::UndoReport> take_back(std::optional<std::int64_t> run = {},
                                              const std::vector<std::string>& paths = {}) {
      auto report = undo.undo(jobs, run, paths, {});
      const auto news = auto_clean.look_again();
      newly_paused.insert(newly_paused.end(), news.begin(), news.end());
      return report;
    }
    std::vector<model::HistoryEntry> history(const std::string& origin) {
      auto all = *journal->history(0);
      std::erase_if(all, [&](const auto& entry) { return entry.origin != origin; });
      return all;
    }
    std::string why(const std::string& code) {
      const auto explanation = jobs.explain("clean-idle");
      for (const auto& condition : explanation->conditions)
        if (condition.code == code) return condition.state.value;
      return "no such condition";
    }

    scheduler::ComputePool& compute;
    std::unique_ptr<agent::JournalService> journal;
    scheduler::JobScheduler jobs;
    agent::ScanService scans;
    agent::CleanHouse house;
    agent::PurgeService purge;
    agent::CleanService clean;
    agent::UndoService undo;
    agent::OthersCpuLoad load;
    agent::AutoClean auto_clean;
    agent::AutoCleanTeller teller;
    scheduler::TaskGroup chores;
    std::vector<std::string> newly_paused;
  };

  struct Ended {
    std::string job;
    base::WallTime started;
    scheduler::JobResult result;
    bool automatic;
  };

  // One life of the agent. Jobs run by themselves only if `automatic`.
  void live(const std::function<void(Life&)>& story, bool automatic = false) {
    engine.run([&](scheduler::TaskGroup&) {
      scheduler::ComputePool compute(2);
      Life life(*this, compute, automatic);
      story(life);
    });
  }

  std::string journal_path() const { return temp / "home/.local/state/lull/journal.db"; }
  std::string rules_path() const { return temp / "home/.config/lull/rules.d"; }
  // Old thumbnails; returns the path.
  std::string thumbnail(const std::string& name, std::size_t size = 20'000) const {
    return temp.write("home/.cache/thumbnails/normal/" + name, std::string(size, 'x'));
  }
  // As the journal has it: links of the way resolved.
  std::string real(const std::string& path) const {
    return std::filesystem::canonical(temp.path()).string() + path.substr(temp.path().size());
  }
  std::set<std::string> trashed() const {
    std::set<std::string> names;
    const std::string files = temp / "home/.local/share/Trash/files";
    if (std::filesystem::exists(files))
      for (const auto& entry : std::filesystem::recursive_directory_iterator(files))
        names.insert(entry.path().filename().string());
    return names;
  }
  void sleep(base::Duration duration) { engine.sleep(duration); }
  // "Tue 03:05" of the first week.
  std::string clock_text(base::WallTime time) const {
    static constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    const auto minutes =
        std::chrono::duration_cast<std::chrono::minutes>(time - start_).count() + 8 * 60;
    const auto two = [](long number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::string(kDays[minutes / (24 * 60) % 7]) + " " + two(minutes / 60 % 24) + ":" +
           two(minutes % 60);
  }
  base::WallTime start() const { return start_; }

  VirtualEngine engine;
  agent::Settings settings;
  const support::TempDir temp;
  LifeCpu cpu{engine.time};
  LifePower power;
  LifeThermal thermal;
  LifeUser user{engine.time};
  std::optional<model::Pressure> pressure;
  std::vector<std::string> inhibitors;
  bool nearly_full = false;
  std::atomic<bool> trash_nearly_full{false};  // as a purge sees it; asked on other threads
  bool somebody_is_told = true;
  std::vector<agent::AutoCleanNews> news;  // shown, or meant to be
  std::vector<base::WallTime> told_at;     // when each was
  std::vector<Ended> runs;

 private:
  base::WallTime start_;
};

}  // namespace lull::testing
