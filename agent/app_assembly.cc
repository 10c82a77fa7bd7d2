// SPDX-License-Identifier: MIT
// How the parts of an agent are made and tied to one another.
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "agent/app_parts.h"
#include "agent/methods/methods.h"
#include "agent/presence/front_window.h"
#include "agent/presence/resolver_flush.h"
#include "agent/services/detached_program.h"
#include "agent/services/history_job.h"
#include "agent/services/job_words.h"
#include "core/cache/dir_watch.h"
#include "core/cache/store_disk.h"
#include "core/clean/purge_due.h"
#include "core/platform/power_events.h"
#include "core/relief/app_unit.h"

namespace lull::agent {
namespace {

base::Result<std::string> find_x11_program() {
  return find_program("lull-x11-presence", base::process_environment);
}

base::Result<std::string> find_wayland_program() {
  return find_program("lull-wayland-presence", base::process_environment);
}

scheduler::JobScheduler::Options scheduler_options(const Settings& settings, bool agent) {
  scheduler::JobScheduler::Options options;
  options.automatic = agent;
  options.max_concurrent = static_cast<unsigned>(settings.performance.max_concurrent_operations);
  options.jitter_seed = static_cast<std::uint64_t>(::getpid());
  return options;
}

// Without an agent sizes are remembered only where an agent does so already: one command leaves no
// trace. Empty: in memory.
std::string store_path(const AppOptions& options) {
  std::string path = options.directories.cache_home + "/lull";
  if (!options.agent && ::access(path.c_str(), W_OK) != 0) path.clear();
  return path;
}

bool writes_journal(const AppOptions& options) { return options.agent || options.may_move; }

// What writes nothing only looks at the journal, and only if there is one. One that may not be read
// is there, too.
std::string journal_path(const AppOptions& options) {
  std::string path = options.directories.state_home + "/lull/journal.db";
  const bool is_missing =
      ::access(path.c_str(), F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
  if (!writes_journal(options) && is_missing) path.clear();
  return path;
}

template <class Stats>
CacheCounts counts_of(const Stats& stats) {
  CacheCounts counts;
  counts.hits = stats.hits;
  counts.misses = stats.misses;
  counts.evictions = stats.evictions;
  counts.entries = stats.entries;
  counts.bytes = stats.bytes;
  return counts;
}

}  // namespace

void App::Parts::make_services(std::unique_ptr<SettingsService> loaded, scan::LoadedRules rules) {
  settings = std::move(loaded);
  const Settings& current = settings->current();
  compute.emplace(static_cast<unsigned>(current.performance.max_parallel_scans));
  journal = JournalService::open(engine, blocking, journal_path(options),
                                 writes_journal(options) ? JournalService::Access::kReadWrite
                                                         : JournalService::Access::kReadOnly);
  jobs.emplace(engine, *journal, scheduler_options(current, options.agent));
  make_pressure();
  scan.emplace(engine, *compute, std::move(rules), options.directories, current);
  sizes.emplace(engine, *compute, blocking, current,
                SizeParts{cache::make_disk_store({store_path(options)}),
                          options.agent ? cache::make_dir_watch() : nullptr,
                          cache::measure,
                          options.directories.home,
                          &patient,
                          {store_path(options), options.directories.state_home + "/lull"}});
  make_caches();
  make_cleaning();
  make_relief();
  snapshot.emplace(
      engine, monitor, options.agent,
      SnapshotService::Sources{
          [this] { return pressure->current(); }, [this] { return scan->reclaimable(); },
          [this] { return to_status(jobs->jobs()); }, [this] { return journal->last_run(); },
          [this] { return jobs->paused_until(); }, [this] { return senses->largest_apps(); },
          [this] { return ongoing ? ongoing() : std::vector<model::OperationStatus>{}; }});
  chores.emplace(engine);
}

// What remembers, how large it may be, and what is carried over from the last time.
void App::Parts::make_caches() {
  habits.emplace(engine.time(), *journal, settings->current());
  costs.emplace(engine.time(), *journal);
  scan->use_costs(*costs);
  sizes->use_costs(*costs);
  verdicts.emplace(engine, blocking, patient, *scan, settings->current());
  warm_up.emplace(WarmUp::Parts{[this](auto& run) { return scan->refresh(run, Habits::kLead); },
                                [this](auto& run) { return sizes->refresh(run); }});
  habits->restore_uses([this](const std::string& path, double score, base::Duration age) {
    sizes->restore_use(path, score, age);
  });
  tuner.emplace(engine.time(), [this] {
    const auto now = pressure->current();
    return now ? now->level : model::PressureLevel::kNormal;
  });
  const auto& performance = settings->current().performance;
  tuner->add({"directory_sizes", [this] { return counts_of(sizes->stats().memory); },
              [&] { return static_cast<std::size_t>(performance.dir_cache_size); },
              [this](std::size_t entries) { sizes->resize(entries); }});
  tuner->add({"file_metadata", [this] { return counts_of(verdicts->cache().stats()); },
              [&] { return static_cast<std::size_t>(performance.metadata_cache_size); },
              [this](std::size_t entries) { verdicts->cache().resize(entries); }});
}

void App::Parts::make_cleaning() {
  clean_house.emplace(engine, blocking, *journal, options.directories);
  purge.emplace(engine, *compute, *clean_house, settings->current());
  clean.emplace(engine, *compute, *clean_house, *purge, *scan, settings->current());
  undo.emplace(engine, *compute, *clean_house, settings->current());
  const auto changed = [this](const std::vector<std::string>& paths) { look_again_at(paths); };
  clean->on_moved(changed);
  undo->on_restored([this, changed](const std::vector<std::string>& paths) {
    changed(paths);
    if (const auto paused = auto_clean->look_again(); desktop && !paused.empty())
      desktop->rules_pause(paused);
  });
  auto_clean.emplace(AutoClean::Parts{
      engine, *compute, *clean_house, *clean, *scan, settings->current(),
      [this] { return power_probe->read().source == model::PowerSource::kBattery; },
      clean::is_nearly_full});
  teller.emplace(AutoCleanTeller::Parts{
      engine, blocking, *journal, settings->current(), [this] { return auto_clean->nearly_full(); },
      [this](const AutoCleanNews& news, const base::CancelToken& cancel) {
        return desktop && desktop->cleaned(news, cancel);
      }});
  auto_clean->on_interval(
      [this](base::Duration interval) { jobs->set_interval(AutoClean::kJob, interval); });
}

// On the blocking pool.
std::optional<std::string> App::Parts::front_way() const {
  const auto process = presence::front_process(base::process_environment, find_x11_program);
  if (!process) return std::nullopt;
  return platform::app_way_of({}, *process, senses->facilities().app_slice);
}

// The senses of relief are made here too: both look at the same slice of apps.
void App::Parts::make_pressure() {
  ReliefSenses::Sources sources{
      monitor, *power_probe,
      [this] {
        const auto now = pressure->current();
        return now ? std::optional(now->level) : std::nullopt;
      },
      [this] { return pressure->noticed_at(); },
      // (Not from all sources: while memory is short no program is
      // started for it, but for the next.)
      [this] { return user ? user->known().idle_for : std::nullopt; },
      [this] { return front_way(); },
      [this] { return user ? user->inhibited_by().names : std::vector<std::string>(); },
      [this] { return pressure->source() == "available memory"; }};
  senses.emplace(engine, blocking, settings->current(), std::move(sources),
                 find_relief_facilities({}, ::geteuid(), engine.time()));
  const std::string& slice = senses->facilities().app_slice;
  PressureService::Observers observers;
  observers.memory = [this]() -> std::optional<model::MemorySample> {
    const auto sample = monitor.memory_now();
    return sample ? std::optional(*sample) : std::nullopt;
  };
  observers.raised = [this](model::PressureLevel) {
    tuner->look();
    jobs->raise(scheduler::Trigger::kPressure);
  };
  observers.changed = [this] {
    jobs->conditions_changed();
    if (desktop) desktop->pressure_changed();
  };
  observers.noticed = [this] { jobs->raise(scheduler::Trigger::kPressure); };
  observers.own_short = [this] {
    jobs->cancel_background(base::CancelReason::kConstraintLost);
    shed();
  };
  observers.swapped_out = [this]() -> std::optional<std::uint64_t> {
    const auto swap = senses->facilities().swap->read();
    return swap ? std::optional(swap->swapped_out_bytes) : std::nullopt;
  };
  PressureService::Own own;
  if (options.own_pressure)
    own = {platform::make_scope_pressure_probe(options.own_pressure->cgroup, engine.time()),
           options.own_pressure->trigger};
  pressure.emplace(
      engine, platform::make_pressure_probe({}, engine.time()), std::move(observers),
      slice.empty() ? nullptr : platform::make_scope_pressure_probe(slice, engine.time()),
      std::move(own));
}

void App::Parts::make_relief() {
  ReliefService::Actions actions;
  actions.stop_background = [this] {
    jobs->cancel_background(base::CancelReason::kConstraintLost);
  };
  actions.shed = [this] { shed(); };
  actions.find_streams = [this](const auto& cancel) { return optimize->find_streams(cancel); };
  actions.drop_streams = [this](const auto& streams, const auto& cancel) {
    return optimize->drop_streams(streams, cancel);
  };
  actions.on_battery = [this] {
    return power_probe->read().source == model::PowerSource::kBattery;
  };
  actions.find_stale = [this](const auto& cancel) {
    return stale_files->may_move() ? optimize->find_stale_files(cancel) : relief::StaleFiles{};
  };
  actions.move_stale = [this](const auto& stale, const auto& cancel) {
    return stale_files->move(stale, true, cancel);
  };
  actions.ask = [this](const relief::ReliefAction& question) {
    if (desktop) desktop->memory_is_short(relief::app_title(question.unit), question.bytes);
  };
  relief.emplace(engine, blocking, monitor, *journal, *senses, std::move(actions));
  stale_files.emplace(engine, compute->foreground(), *clean_house, settings->current());
  squeeze.emplace(ReliefSqueeze::Parts{engine, blocking, monitor, *power_probe, settings->current(),
                                       platform::make_pressure_probe({}, engine.time()),
                                       platform::make_swap_probe({})});
  OptimizeService::Parts operations{
      engine,
      blocking,
      monitor,
      *journal,
      *relief,
      *senses->facilities().swap,
      options.directories,
      [this](const auto& cancel) { return presence::flush_resolver(engine, blocking, cancel); },
      [this] { return pressure->current(); },
      settings->current()};
  operations.stale_files = &*stale_files;
  operations.squeeze = &*squeeze;
  optimize.emplace(std::move(operations));
}

void App::Parts::make_presence() {
  user = presence::watch_user(engine, blocking,
                              {[this] { jobs->conditions_changed(); },
                               [this] { return settings->current().automation.idle_after; },
                               find_x11_program, find_wayland_program});
}

void App::Parts::make_jobs() {
  power_news.emplace(engine, platform::open_power_events, [this] { jobs->conditions_changed(); });
  jobs->on_change([this] { listen_for_power(); });
  const auto idle_inhibitors = [this] {
    return user ? user->inhibited_by() : model::IdleInhibitors();
  };
  for (auto& condition :
       make_conditions({settings->current(), engine.time(), others_load, *power_probe,
                        *thermal_probe, [this] { return pressure->current(); }, user.get(),
                        idle_inhibitors, [this] { return sizes->stale_paths(); }, &*habits,
                        [this] { return power_news->changes(); }})) {
    // Asking is work too: without this, a job that has to wait would leave a larger agent behind.
    condition.evaluate = [this, ask = std::move(condition.evaluate)] {
      rest();
      return ask();
    };
    jobs->add_condition(std::move(condition));
  }
  jobs->add_job(scan->job());
  jobs->add_job(sizes->refresh_job());
  jobs->add_job(warm_up->job());
  for (auto& condition : relief->conditions()) jobs->add_condition(std::move(condition));
  for (auto& job : relief->jobs()) jobs->add_job(std::move(job));
  jobs->add_job(optimize->job());
  jobs->add_job(history_job(*journal));
  jobs->add_job(sizes->size_job());
  jobs->add_job(clean->job());
  for (auto& condition : auto_clean->conditions()) jobs->add_condition(std::move(condition));
  jobs->add_job(auto_clean->job());
  jobs->add_job(undo->job());
  jobs->add_job(purge->job());
  jobs->on_run_ended([this](const auto& spec, const auto& result, auto, auto elapsed, bool own) {
    runs.ended(spec.name, result.outcome, elapsed);
    tuner->look();
    save_uses(false);
    if (spec.name == "scan" && options.agent && !stopped)
      chores->spawn("volumes", [this](const base::CancelToken&) {
        auto_clean->look_at_volumes();
        purge->look_at_volumes(*jobs);
      });
    tell_news(spec.name == AutoClean::kJob ? teller->run_ended(own) : teller->occasion());
    rest();
  });
  settings->on_change([this] {
    const Settings& now = settings->current();
    sizes->apply_settings();
    verdicts->apply_settings();
    tuner->apply_settings();
    habits->apply_settings();
    if (metrics_file) metrics_file->apply_settings(now);
    jobs->set_max_concurrent(static_cast<unsigned>(now.performance.max_concurrent_operations));
    jobs->set_interval("scan", now.automation.scan_interval);
    jobs->set_interval("refresh-cache", now.performance.refresh_interval);
    jobs->conditions_changed();
    if (desktop) desktop->settings_changed();
  });
}

void App::Parts::make_methods() {
  const MethodServices services{engine,
                                *jobs,
                                *snapshot,
                                *scan,
                                *sizes,
                                *settings,
                                *journal,
                                [this](MetricsFormat format) { return metrics(format); },
                                *verdicts,
                                *habits,
                                *clean,
                                *undo,
                                *optimize,
                                *auto_clean,
                                *costs,
                                [this] { return forget(); },
                                [this](const auto& page, const auto& start) {
                                  return show_popover({page, start});
                                }};
  add_state_methods(methods, services);
  add_clean_methods(methods, services);
  add_optimize_methods(methods, services);
  add_disk_methods(methods, services);
  add_rule_methods(methods, services);
  add_job_methods(methods, services);
  add_settings_methods(methods, services);
}

}  // namespace lull::agent
