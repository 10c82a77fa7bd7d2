// SPDX-License-Identifier: MIT
// What an agent does as a whole; app_assembly.cc makes it.
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "agent/app_parts.h"
#include "agent/services/keep_read.h"
#include "core/base/bytes.h"
#include "core/platform/own_process.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

// Work often comes in bursts: what was needed is kept for a moment.
constexpr auto kRestAfter = std::chrono::seconds(2);
constexpr base::Duration kHoweverLong = std::chrono::hours(24 * 365);

void log_problems(const scan::LoadedRules& loaded) {
  for (const scan::RuleProblem& problem : loaded.problems)
    spdlog::warn("{}: the rules of this file do not count", problem.to_string());
}

}  // namespace

std::vector<std::string> settings_files(const base::UserDirectories& directories,
                                        const std::string& user_file) {
  auto files = standard_settings_files(directories.config_home);
  if (!user_file.empty()) files.back() = user_file;
  return files;
}

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

void App::Parts::reload_rules() {
  const std::string directory = scan::rules_directory(options.directories.config_home);
  const auto before = scan->held_rules();
  auto loaded = scheduler::offload(engine, blocking, [&] {
    return scan::load_rules(before->builtin(), directory, ::geteuid());
  });
  log_problems(loaded);
  scan->replace_rules(std::move(loaded));
  verdicts->forget();
}

void App::Parts::watch_rules() {
  const std::string directory = scan::rules_directory(options.directories.config_home);
  rules_watch = keep_read(
      "rules",
      [this]() -> base::Status {
        reload_rules();
        return {};
      },
      [&](auto changed) {
        return watch_directory(engine, directory, ".toml", std::move(changed));
      });
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

// Things were moved there: what was known of them is old.
void App::Parts::look_again_at(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) sizes->invalidate(path);
  if (options.agent && !stopped) (void)jobs->request("scan");  // nobody waits for it
}

// What cleaning by itself did and nobody was told of. Without an agent there is nobody to tell it.
void App::Parts::tell_news(bool worth_looking) {
  if (!worth_looking || !options.agent || stopped) return;
  chores->spawn("news", [this](const base::CancelToken& cancel) { teller->look(cancel); });
}

// Of a run that a kill has cut short; without one this finds nothing to do.
void App::Parts::settle_moves() {
  chores->spawn("settle", [this](const base::CancelToken& cancel) {
    if (const auto turn = clean_house->enter(cancel); !turn)
      spdlog::warn("what an earlier run left was not settled: {}", turn.error().to_string());
    (void)auto_clean->look_again();
  });
}

// Memory first: what it knows would be written again.
base::Result<std::uint64_t> App::Parts::forget() {
  habits->forget();
  sizes->forget_uses();
  costs->forget();
  relief->forget();
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

base::Status App::Parts::show_popover(const PopoverWish& wish) {
  if (desktop) return desktop->show_popover(wish);
  return base::fail(base::ErrorCode::kUnavailable,
                    options.agent ? "the agent runs without a desktop (--no-tray)"
                                  : "only an agent shows its window; `lull popover` opens one");
}

// Everything of ours that can be had again.
void App::Parts::shed() {
  stale_files->shed();
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

// While something runs that may have to end with the mains.
void App::Parts::listen_for_power() {
  if (stopped || !options.agent || is_working() == power_news->listening()) return;
  chores->spawn("power",
                [this](const base::CancelToken&) { power_news->listen(!stopped && is_working()); });
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

// Whatever is late still works with the parts: it is waited for before the first of them goes.
App::~App() {
  shut_down(std::chrono::seconds(1));
  if (parts_->metrics_file) parts_->metrics_file->stop();
  (void)parts_->jobs->shut_down(kHoweverLong);
  parts_->user.reset();  // it tells the scheduler of changes
  parts_->chores.reset();
}

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
  parts_->chores->spawn("full volumes", [parts = parts_.get()](const base::CancelToken& cancel) {
    parts->purge->watch_volumes(*parts->jobs, cancel);
  });
  parts_->rest();  // from starting
}

const control::MethodTable& App::methods() const { return parts_->methods; }

base::Status App::reload_settings() {
  parts_->reload_rules();
  spdlog::info("rules read again");
  return parts_->settings->reload();
}

model::Snapshot App::snapshot(const base::CancelToken& cancel) {
  return parts_->snapshot->take(cancel);
}

std::vector<std::string> App::notices() const {
  std::vector<std::string> lines = parts_->settings->remarks();
  if (!parts_->journal->notice().empty()) lines.push_back(parts_->journal->notice());
  if (parts_->pressure->source() == "unavailable")
    lines.emplace_back("neither stalls nor memory can be read here: automatic relief is off");
  if (parts_->pressure->source() == "available memory")
    lines.emplace_back(
        "this kernel has no pressure stall information: the level goes by available memory");
  const std::string& no_apps = parts_->senses->facilities().no_apps;
  if (!no_apps.empty()) lines.push_back("relief sheds only what is Lull's own: " + no_apps);
  return lines;
}

void App::show_operations(std::function<std::vector<model::OperationStatus>()> operations) {
  parts_->ongoing = std::move(operations);
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
                            [&parts](const auto& cpu_percent, const auto& pressure) {
                              parts.snapshot->looked(cpu_percent, pressure);
                            },
                            [&parts] { return parts.can_undo(); },
                            [&parts](std::int64_t run) { parts.undo_for_notice(run); },
                            [&parts] { parts.turn_on_for_notice(); },
                            [&parts] { parts.tell_news(parts.teller->somebody_listens()); }};
  parts.desktop = std::make_unique<Desktop>(seen, std::move(options));
  parts.jobs->on_change([&parts] {
    if (parts.desktop) parts.desktop->jobs_changed();
  });
}

std::vector<std::string> App::shut_down(base::Duration deadline) {
  if (std::exchange(parts_->stopped, true)) return {};
  parts_->desktop.reset();
  parts_->settings->stop_watching();
  parts_->rules_watch.reset();
  parts_->pressure->stop();
  parts_->power_news->listen(false);
  parts_->chores->cancel(base::CancelReason::kShutdown);
  std::vector<std::string> late = parts_->jobs->shut_down(deadline);
  parts_->save_uses(true);
  parts_->journal->flush();
  return late;
}

}  // namespace lull::agent
