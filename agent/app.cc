// SPDX-License-Identifier: MIT
#include "agent/app.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "agent/methods/methods.h"
#include "agent/presence/resolver_flush.h"
#include "agent/presence/user_presence.h"
#include "agent/services/agent_metrics.h"
#include "agent/services/auto_clean.h"
#include "agent/services/cache_tuner.h"
#include "agent/services/clean_house.h"
#include "agent/services/clean_service.h"
#include "agent/services/conditions.h"
#include "agent/services/detached_program.h"
#include "agent/services/file_watch.h"
#include "agent/services/habits.h"
#include "agent/services/history_job.h"
#include "agent/services/job_words.h"
#include "agent/services/metrics_file.h"
#include "agent/services/optimize_service.h"
#include "agent/services/pressure_service.h"
#include "agent/services/purge_service.h"
#include "agent/services/relief_service.h"
#include "agent/services/run_counters.h"
#include "agent/services/undo_service.h"
#include "agent/services/verdict_service.h"
#include "agent/services/warm_up.h"
#include "core/base/bytes.h"
#include "core/cache/dir_watch.h"
#include "core/cache/store_disk.h"
#include "core/clean/purge_due.h"
#include "core/platform/own_process.h"
#include "core/relief/app_unit.h"
#include "core/scan/rule_loader.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

// Work often comes in bursts: what was needed is kept for a moment.
constexpr auto kRestAfter = std::chrono::seconds(2);

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

// What writes nothing only looks at the journal, and only if there is one.
std::string journal_path(const AppOptions& options) {
  std::string path = options.directories.state_home + "/lull/journal.db";
  if (!writes_journal(options) && ::access(path.c_str(), R_OK) != 0) path.clear();
  return path;
}

void log_problems(const scan::LoadedRules& loaded) {
  for (const scan::RuleProblem& problem : loaded.problems)
    spdlog::warn("{}: the rules of this file do not count", problem.to_string());
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

std::vector<std::string> settings_files(const base::UserDirectories& directories,
                                        const std::string& user_file) {
  auto files = standard_settings_files(directories.config_home);
  if (!user_file.empty()) files.back() = user_file;
  return files;
}

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
  base::Status reload_rules();
  void watch_rules();
  void make_caches();
  void make_cleaning();
  void undo_for_notice(std::int64_t run);
  void turn_on_for_notice();
  void make_pressure();
  void make_presence();
  void make_relief();
  void look_again_at(const std::vector<std::string>& paths);
  void settle_moves();
  void save_uses(bool now) {
    habits->save_uses([this](std::size_t limit) { return sizes->hottest(limit); }, now);
  }
  void make_jobs();
  void make_methods();
  std::string metrics(MetricsFormat format);
  base::Result<std::uint64_t> forget();
  void shed();
  void rest();
  bool is_working() const;
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
  std::optional<OptimizeService> optimize;
  std::optional<SnapshotService> snapshot;
  std::unique_ptr<Desktop> desktop;
  std::optional<MetricsFile> metrics_file;
  control::MethodTable methods;
  std::optional<scheduler::TaskGroup> chores;
  bool resting = false;  // soon
  bool stopped = false;
};

// A journal that cannot be read has nothing to undo.
bool App::Parts::can_undo() {
  const auto moves = journal->cleans();
  if (!moves) return false;
  const auto run =
      scheduler::offload(engine, blocking, [&] { return (*moves)->last_undoable_run(); });
  return run && run->has_value();
}

base::Result<scan::LoadedRules> App::Parts::load_rules() {
  const std::string directory = scan::rules_directory(options.directories.config_home);
  return scheduler::offload(engine, blocking,
                            [&] { return scan::load_rules(directory, ::geteuid()); });
}

base::Status App::Parts::reload_rules() {
  auto loaded = load_rules();
  if (!loaded) return tl::unexpected(std::move(loaded).error());
  log_problems(*loaded);
  spdlog::info("rules read again");
  scan->replace_rules(*std::move(loaded));
  verdicts->forget();
  return {};
}

void App::Parts::watch_rules() {
  log_problems(scan->rules());
  rules_watch = watch_directory(
      engine, scan::rules_directory(options.directories.config_home), ".toml", [this] {
        if (const base::Status status = reload_rules(); !status)
          spdlog::error("rules not read, the old ones stay: {}", status.error().to_string());
      });
}

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
                          options.agent ? cache::make_dir_watch() : nullptr, cache::measure,
                          options.directories.home, &patient});
  make_caches();
  make_cleaning();
  make_relief();
  snapshot.emplace(engine, monitor, options.agent,
                   SnapshotService::Sources{[this] { return pressure->current(); },
                                            [this] { return scan->reclaimable(); },
                                            [this] { return to_status(jobs->jobs()); },
                                            [this] { return journal->last_run(); },
                                            [this] { return jobs->paused_until(); }});
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
  auto_clean->on_news(
      [this](const AutoCleanNews& news) { return desktop && desktop->cleaned(news); });
  auto_clean->on_interval(
      [this](base::Duration interval) { jobs->set_interval(AutoClean::kJob, interval); });
}

// A click on a notice: as `lull undo RUN` and `lull config set automation.clean on`.
void App::Parts::undo_for_notice(std::int64_t run) {
  chores->spawn("undo of a notice", [this, run](const base::CancelToken& cancel) {
    const auto report = undo->undo(*jobs, run, {}, cancel);
    if (!desktop) return;
    if (!report) return desktop->said("Not undone", report.error().to_string());
    const std::size_t left = report->conflicts.size() + report->failed.size();
    std::string body = base::format_bytes(report->restored_bytes) + " are where they were.";
    if (left > 0)
      body += " " + std::to_string(left) + " could not be given back; `lull undo " +
              std::to_string(run) + "` says why.";
    desktop->said(left == 0 ? "Undone" : "Undone in part", body);
  });
}

void App::Parts::turn_on_for_notice() {
  chores->spawn("setting of a notice", [this](const base::CancelToken&) {
    const base::Status set = settings->set("automation.clean", "on");
    if (!desktop) return;
    if (!set) return desktop->said("Not turned on", set.error().to_string());
    desktop->said("Lull cleans by itself now",
                  "What was shown goes to the trash when nobody is at work; Undo brings it back.");
  });
}

// The senses of relief are made here too: both look at the same slice of apps.
void App::Parts::make_pressure() {
  ReliefSenses::Sources sources{monitor, *power_probe,
                                [this] {
                                  const auto now = pressure->current();
                                  return now ? std::optional(now->level) : std::nullopt;
                                },
                                [this] { return pressure->noticed_at(); },
                                // (Not from all sources: while memory is short no program is
                                // started for it.)
                                [this] { return user ? user->known().idle_for : std::nullopt; }};
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
  actions.drop_streams = [this](const auto& streams) { return optimize->drop_streams(streams); };
  actions.ask = [this](const relief::ReliefAction& question) {
    if (desktop) desktop->memory_is_short(relief::app_title(question.unit), question.bytes);
  };
  relief.emplace(engine, blocking, monitor, *journal, *senses, std::move(actions));
  optimize.emplace(OptimizeService::Parts{
      engine, blocking, monitor, *journal, *relief, *senses->facilities().swap, options.directories,
      [this](const auto& cancel) { return presence::flush_resolver(engine, blocking, cancel); },
      [this] { return pressure->current(); }, settings->current()});
}

void App::Parts::make_presence() {
  user = presence::watch_user(
      engine, blocking,
      {[this] { jobs->conditions_changed(); },
       [this] { return settings->current().automation.idle_after; },
       [] { return find_program("lull-x11-presence", base::process_environment); }});
}

// Things were moved there: what was known of them is old.
void App::Parts::look_again_at(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) sizes->invalidate(path);
  if (options.agent && !stopped) (void)jobs->request("scan");  // nobody waits for it
}

// Of a run that a kill has cut short; without one this finds nothing to do.
void App::Parts::settle_moves() {
  chores->spawn("settle", [this](const base::CancelToken& cancel) {
    if (const auto turn = clean_house->enter(cancel); !turn)
      spdlog::warn("what an earlier run left was not settled: {}", turn.error().to_string());
    (void)auto_clean->look_again();
  });
}

void App::Parts::make_jobs() {
  const auto idle_inhibitors = [this] {
    return user ? user->inhibited_by() : std::vector<std::string>();
  };
  for (auto& condition :
       make_conditions({settings->current(), engine.time(), others_load, *power_probe,
                        *thermal_probe, [this] { return pressure->current(); }, user.get(),
                        idle_inhibitors, [this] { return sizes->stale_paths(); }, &*habits})) {
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
  jobs->on_run_ended([this](const auto& spec, const auto& result, auto, auto elapsed, bool) {
    runs.ended(spec.name, result.outcome, elapsed);
    tuner->look();
    save_uses(false);
    if (spec.name == "scan" && options.agent && !stopped)
      chores->spawn("volumes", [this](const base::CancelToken&) { auto_clean->look_at_volumes(); });
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
                                [this] { return forget(); }};
  add_state_methods(methods, services);
  add_clean_methods(methods, services);
  add_optimize_methods(methods, services);
  add_disk_methods(methods, services);
  add_rule_methods(methods, services);
  add_job_methods(methods, services);
  add_settings_methods(methods, services);
}

// Memory first: what it knows would be written again.
base::Result<std::uint64_t> App::Parts::forget() {
  habits->forget();
  sizes->forget_uses();
  costs->forget();
  return journal->forget();
}

std::string App::Parts::metrics(MetricsFormat format) {
  MetricsSources sources;
  sources.snapshot = snapshot->take();
  sources.sizes = sizes->stats();
  sources.caches = tuner->counts();
  sources.runs = runs.jobs();
  sources.journal_write_errors = journal->write_errors();
  sources.settings_remarks = settings->remarks().size();
  return agent_metrics(sources, format);
}

// Everything of ours that can be had again.
void App::Parts::shed() {
  tuner->look();
  sizes->shed();
  verdicts->cache().shed();
  monitor.shed();
  compute->shed();
  journal->shed();
}

// After work: threads, free heap and program pages go back, so that an idle agent is a small one.
void App::Parts::rest() {
  if (stopped || !options.agent || resting) return;
  resting = true;
  chores->spawn("rest", [this](const base::CancelToken& cancel) {
    const auto wake = engine.sleep_for(kRestAfter, kRestAfter, cancel);
    resting = false;
    if (wake == scheduler::Wake::kCancelled || is_working()) return;
    compute->shed();
    sizes->rest();
    scheduler::offload(engine, blocking, [] { platform::trim_heap(); });
    platform::release_program_pages();
  });
}

bool App::Parts::is_working() const {
  const auto views = jobs->jobs();
  return std::any_of(views.begin(), views.end(), [](const auto& view) {
    return view.state == scheduler::JobView::State::kRunning;
  });
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() { shut_down(std::chrono::seconds(1)); }

base::Result<std::unique_ptr<App>> App::create(scheduler::Engine& engine, AppOptions options) {
  auto parts = std::make_unique<Parts>(engine, std::move(options));
  auto settings = SettingsService::load(engine, parts->blocking, parts->options.settings_files);
  if (!settings) return tl::unexpected(std::move(settings).error());
  auto rules = parts->load_rules();
  if (!rules) return tl::unexpected(std::move(rules).error());
  parts->make_services(*std::move(settings), *std::move(rules));
  if (parts->options.agent) parts->make_presence();
  parts->make_jobs();
  parts->make_methods();
  if (!parts->options.agent) parts->jobs->start();  // on request only
  return std::unique_ptr<App>(new App(std::move(parts)));
}

void App::start() {
  parts_->pressure->start();
  parts_->jobs->start();
  parts_->settings->watch();
  parts_->metrics_file.emplace(parts_->engine, parts_->blocking, [parts = parts_.get()] {
    return parts->metrics(MetricsFormat::kPrometheus);
  });
  parts_->metrics_file->apply_settings(parts_->settings->current());
  parts_->watch_rules();
  parts_->settle_moves();
  parts_->rest();  // from starting
}

const control::MethodTable& App::methods() const { return parts_->methods; }

base::Status App::reload_settings() {
  LULL_TRY(parts_->reload_rules());
  return parts_->settings->reload();
}

model::Snapshot App::snapshot(const base::CancelToken& cancel) {
  return parts_->snapshot->take(cancel);
}

std::vector<std::string> App::notices() const {
  std::vector<std::string> lines = parts_->settings->remarks();
  if (!parts_->journal->notice().empty()) lines.push_back(parts_->journal->notice());
  if (parts_->pressure->source() == "unavailable")
    lines.emplace_back("this kernel has no pressure stall information: automatic relief is off");
  const std::string& no_apps = parts_->senses->facilities().no_apps;
  if (!no_apps.empty()) lines.push_back("relief sheds only what is Lull's own: " + no_apps);
  return lines;
}

void App::show_on_desktop(DesktopOptions options) {
  Parts& parts = *parts_;
  const Desktop::Parts seen{parts.engine,
                            parts.blocking,
                            parts.settings->current(),
                            *parts.jobs,
                            parts.monitor,
                            *parts.power_probe,
                            [&parts] { return parts.pressure->current(); },
                            [&parts] { return parts.can_undo(); },
                            [&parts](std::int64_t run) { parts.undo_for_notice(run); },
                            [&parts] { parts.turn_on_for_notice(); }};
  parts.desktop = std::make_unique<Desktop>(seen, std::move(options));
  parts.jobs->on_change([&parts] {
    if (parts.desktop) parts.desktop->jobs_changed();
  });
}

std::vector<std::string> App::shut_down(base::Duration deadline) {
  if (std::exchange(parts_->stopped, true)) return {};
  parts_->desktop.reset();
  parts_->settings->stop_watching();
  if (parts_->metrics_file) parts_->metrics_file->stop();
  parts_->rules_watch.reset();
  parts_->pressure->stop();
  std::vector<std::string> late = parts_->jobs->shut_down(deadline);
  parts_->user.reset();  // it tells the scheduler of changes
  parts_->chores->cancel(base::CancelReason::kShutdown);
  parts_->chores->join();
  parts_->save_uses(true);
  parts_->journal->flush();
  return late;
}

}  // namespace lull::agent
