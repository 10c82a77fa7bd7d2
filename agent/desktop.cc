// SPDX-License-Identifier: MIT
#include "agent/desktop.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "agent/notify/clean_notices.h"
#include "agent/services/aged.h"
#include "agent/services/detached_program.h"
#include "agent/shell.h"
#include "agent/version.h"
#include "core/base/bytes.h"
#include "core/base/local_time.h"
#include "scheduler/event.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

using namespace std::chrono_literals;

constexpr const char* kPopover = "lull-popover";
constexpr const char* kPressureTopic = "pressure";
constexpr const char* kOpenKey = "default";  // a click on the notice itself

tray::TrayChoice choice_of(const Settings::Ui& ui) {
  tray::TrayChoice choice;
  if (ui.icon == "bars") choice.icon = tray::IconShape::kBars;
  if (ui.icon == "plain") choice.icon = tray::IconShape::kPlain;
  if (ui.label == "memory") choice.label = tray::TrayLabel::kMemory;
  if (ui.label == "cpu") choice.label = tray::TrayLabel::kCpu;
  choice.in_words = ui.accessible_text;
  return choice;
}

// What moves something has a window, where it can be seen, stopped and undone.
std::vector<std::string> popover_arguments(const tray::TrayRequest& request) {
  std::vector<std::string> words;
  if (request.at)
    words = {"--at", std::to_string(request.at->x) + "," + std::to_string(request.at->y)};
  using tray::TrayWish;
  if (request.wish == TrayWish::kOptimize) words.insert(words.end(), {"--start", "optimize"});
  if (request.wish == TrayWish::kUndo) words.insert(words.end(), {"--start", "undo"});
  if (request.wish == TrayWish::kHistory) words.insert(words.end(), {"--page", "history"});
  if (request.wish == TrayWish::kPreferences) words.insert(words.end(), {"--page", "settings"});
  return words;
}

notify::Notice about() {
  notify::Notice notice;
  notice.topic = "about";
  notice.title = std::string("Lull ") + kVersion;
  notice.body =
      "Shows how the machine is doing, and keeps memory and disk in order while nobody is waiting. "
      "`lull status` and `lull --help` tell more.";
  notice.asked_for = true;
  return notice;
}

}  // namespace

struct Desktop::Impl {
  Impl(Parts its_parts, DesktopOptions its_options)
      : parts(std::move(its_parts)),
        options(std::move(its_options)),
        power(parts.engine.time(), 1min),
        shell(make_shell(parts.engine, parts.blocking, options.environment,
                         choice_of(parts.settings.ui),
                         {{[this] { return read(); }, [this] { return on_battery(); }},
                          [this](const tray::TrayRequest& request) { act(request); },
                          [this](const std::string& key) { chosen(key); },
                          parts.listening})) {}

  bool on_battery() {
    return power.get([this] { return parts.power.read(); }).source == model::PowerSource::kBattery;
  }

  tray::TrayReading read() {
    if (std::exchange(jobs_are_news, false)) read_jobs();
    tray::TrayReading reading = of_jobs;
    if (const auto memory = parts.monitor.memory()) reading.memory = *memory;
    if (const auto cpu = parts.monitor.cpu()) reading.cpu_percent = cpu->percent;
    const auto pressure = parts.pressure();
    if (pressure) reading.level = pressure->level;
    parts.looked(reading.cpu_percent, pressure);
    return reading;
  }

  // Only when something about them has changed: asking makes the scheduler look at its conditions.
  void read_jobs() {
    of_jobs = {};
    of_jobs.paused = parts.jobs.paused();
    of_jobs.undoable = parts.undoable();
    const auto until = parts.jobs.paused_until();
    if (until && *until != base::WallTime::max()) of_jobs.paused_until = until;
    const base::WallTime now = parts.engine.time().wall_now();
    for (const auto& job : parts.jobs.jobs()) {
      if (job.state == scheduler::JobView::State::kRunning) of_jobs.running_job = job.spec->name;
      if (!job.next_at || *job.next_at <= now) continue;
      if (of_jobs.next_job_at && *of_jobs.next_job_at <= *job.next_at) continue;
      of_jobs.next_job = job.spec->name;
      of_jobs.next_job_at = job.next_at;
    }
  }

  void act(const tray::TrayRequest& request) {
    using tray::TrayWish;
    const base::WallTime now = parts.engine.time().wall_now();
    switch (request.wish) {
      case TrayWish::kOpen:
      case TrayWish::kOptimize:
      case TrayWish::kUndo:
      case TrayWish::kPreferences:
      case TrayWish::kHistory:
        return open(request);
      case TrayWish::kTogglePause:
        return parts.jobs.paused() ? parts.jobs.resume() : parts.jobs.pause(std::nullopt);
      case TrayWish::kPauseHour:
        return parts.jobs.pause(now + 1h);
      case TrayWish::kPauseUntilTomorrow:
        return parts.jobs.pause(base::next_midnight(now));
      case TrayWish::kResume:
        return parts.jobs.resume();
      case TrayWish::kAbout:
        shell->post(about());
        return;
      case TrayWish::kQuit:
        return options.quit();
    }
  }

  void open(const tray::TrayRequest& request) {
    const base::Status started = start_popover(popover_arguments(request));
    if (!started) spdlog::error("the window does not open: {}", started.error().to_string());
  }

  // (The page is always named: without one a second window would close the first.)
  base::Status show_popover(const PopoverWish& wish) {
    if (!shell->has_display())
      return base::fail(base::ErrorCode::kUnavailable,
                        "the agent has no display to show its window on");
    std::vector<std::string> words{"--page", wish.page.empty() ? "overview" : wish.page};
    if (!wish.start.empty()) words.insert(words.end(), {"--start", wish.start});
    return start_popover(words);
  }

  base::Status start_popover(const std::vector<std::string>& arguments) {
    const std::optional<bool> dark = shell->prefers_dark();
    return scheduler::offload(parts.engine, parts.blocking,
                              [&] { return start_popover_here(arguments, dark); });
  }

  base::Status start_popover_here(const std::vector<std::string>& arguments,
                                  std::optional<bool> dark) const {
    const auto program = find_program(kPopover, options.environment);
    if (!program) return tl::unexpected(program.error());
    std::vector<std::string> variables;
    if (!options.socket.empty()) variables.push_back("LULL_SOCKET=" + options.socket);
    if (dark) variables.push_back(std::string("LULL_COLOR_SCHEME=") + (*dark ? "dark" : "light"));
    return start_detached(*program, arguments, variables);
  }

  // The key says what it is about: a newer notice may have taken the place of what was clicked.
  void chosen(const std::string& key) {
    if (const auto run = notify::run_of_undo_key(key)) return parts.undo(*run);
    if (key == notify::kTurnOnKey) return parts.clean_by_itself();
    tray::TrayRequest request;
    request.wish = key == notify::kReviewKey ? tray::TrayWish::kHistory : tray::TrayWish::kOpen;
    shell->ask(request);
  }

  void memory_is_short(const std::string& app, std::uint64_t bytes) {
    notify::Notice notice;
    notice.topic = kPressureTopic;
    notice.title = "Memory is short";
    notice.body = app.empty() ? "Closing what is not needed helps most."
                              : app + " holds most: " + base::format_bytes(bytes) +
                                    ". Closing what is not needed helps.";
    notice.actions = {{kOpenKey, "Show"}};
    shell->post(std::move(notice));
  }

  void pressure_changed() {
    shell->news();
    const auto pressure = parts.pressure();
    if (!pressure || pressure->level != model::PressureLevel::kCritical) return;
    notify::Notice notice;
    notice.topic = kPressureTopic;
    notice.title = "Memory is critically short";
    notice.body = "Programs are waiting for memory. Closing what is not needed helps most.";
    notice.actions = {{kOpenKey, "Show"}};
    notice.urgent = true;
    shell->post(std::move(notice));
  }

  const Parts parts;
  const DesktopOptions options;
  Aged<model::PowerState> power;
  bool jobs_are_news = true;
  tray::TrayReading of_jobs;     // what it says of jobs, and nothing else
  std::unique_ptr<Shell> shell;  // last, so that it ends first
};

Desktop::Desktop(Parts parts, DesktopOptions options)
    : impl_(std::make_unique<Impl>(std::move(parts), std::move(options))) {}

Desktop::~Desktop() = default;

base::Status Desktop::show_popover(const PopoverWish& wish) { return impl_->show_popover(wish); }

void Desktop::settings_changed() { impl_->shell->apply(choice_of(impl_->parts.settings.ui)); }

void Desktop::jobs_changed() {
  impl_->jobs_are_news = true;
  impl_->shell->news();
}

void Desktop::pressure_changed() { impl_->pressure_changed(); }

bool Desktop::cleaned(const AutoCleanNews& news, const base::CancelToken& cancel) {
  struct Answer {
    explicit Answer(scheduler::Engine& engine) : given(engine) {}
    scheduler::Event given;
    bool shown = false;
  };
  // Whoever answers may do so when nobody waits any more.
  const auto answer = std::make_shared<Answer>(impl_->parts.engine);
  const auto answered = [answer](bool shown) {
    answer->shown = shown;
    answer->given.set();
  };
  if (!impl_->shell->post(notify::notice_of(news), answered)) return false;
  return answer->given.wait(cancel) && answer->shown;
}

void Desktop::rules_pause(const std::vector<std::string>& rules) {
  impl_->shell->post(notify::notice_of_pause(rules));
}

void Desktop::said(const std::string& title, const std::string& body) {
  notify::Notice notice;
  notice.topic = notify::kCleanTopic;
  notice.title = title;
  notice.body = body;
  notice.asked_for = true;
  impl_->shell->post(std::move(notice));
}

void Desktop::memory_is_short(const std::string& app, std::uint64_t bytes) {
  impl_->memory_is_short(app, bytes);
}

}  // namespace lull::agent
