// SPDX-License-Identifier: MIT
#include "agent/run_agent.h"

#include <csignal>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent/app.h"
#include "agent/control/server.h"
#include "agent/in_process.h"
#include "agent/instance_lock.h"
#include "agent/last_call.h"
#include "agent/main_loop.h"
#include "agent/signals.h"
#include "agent/status_line.h"
#include "agent/version.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/task_group.h"

namespace lull::agent {
namespace {

// Ctrl-C ends the agent within two seconds; the phases share them. What must be on disk may take
// longer.
constexpr auto kReplies = std::chrono::milliseconds(300);
constexpr auto kJobs = std::chrono::milliseconds(1200);
constexpr LastCall::Limits kEnd{std::chrono::milliseconds(1900), std::chrono::seconds(10)};
constexpr auto kStatusEvery = std::chrono::seconds(2);

struct Place {
  base::UserDirectories directories;
  std::string runtime_directory;  // of Lull
  std::string socket;
};

int exit_code_of(const base::Error& error) {
  return error.code == base::ErrorCode::kInvalidArgument ? 2 : 1;
}

int complain(const base::Error& error) {
  std::cerr << "lull: " << error.to_string() << '\n';
  return exit_code_of(error);
}

void set_up_log() {
  auto logger = spdlog::stderr_logger_mt("lull");  // the last call has a thread of its own
  logger->set_pattern(::isatty(STDERR_FILENO) != 0 ? "%T %l: %v" : "%l: %v");
  spdlog::set_default_logger(std::move(logger));
}

base::Result<Place> find_place(const commands::AgentOptions& options,
                               const base::EnvironmentLookup& environment) {
  auto directories = base::find_user_directories(environment);
  if (!directories) return tl::unexpected(std::move(directories).error());
  Place place{*directories, directories->runtime_dir + "/lull", options.socket};
  if (place.socket.empty()) place.socket = place.runtime_directory + "/control";
  return place;
}

unsigned terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

// The newest numbers, over and over on one line, for somebody who watches.
void show_status(scheduler::Engine& engine, App& app, const base::CancelToken& cancel) {
  do {
    std::cout << "\r\033[K" << status_line(app.snapshot(cancel), terminal_width() - 1)
              << std::flush;
  } while (engine.sleep_for(kStatusEvery, kStatusEvery / 10, cancel) == scheduler::Wake::kDue);
  std::cout << "\r\033[K" << std::flush;
}

// What outlives the agent proper: who hears of the end, and who sees to it that it comes.
struct Ending {
  EndSignals signals;
  scheduler::Event end;
  LastCall& last_call;
};

// From the very start, so that whoever sends a signal twice is heard twice.
void wait_for_the_end(Ending& ending) {
  if (const auto number = ending.signals.wait())
    spdlog::info("{}: stopping", *number == SIGINT ? "interrupted" : "terminated");
  ending.end.set();
}

void serve_hang_ups(Signals& signals, App& app) {
  while (signals.wait()) {
    if (const base::Status status = app.reload_settings(); status) {
      spdlog::info("settings read again");
    } else {
      spdlog::error("settings not read, the old ones stay: {}", status.error().to_string());
    }
  }
}

void say_hello(const Place& place, const App& app) {
  spdlog::info("Lull {} started, pid {}; `lull status` asks it on {}", kVersion, ::getpid(),
               place.socket);
  for (const std::string& notice : app.notices()) spdlog::warn("{}", notice);
}

// The end came from the item's menu.
void quit(EndSignals& signals) {
  spdlog::info("asked to quit: stopping");
  signals.stop();
}

void say_last(LastCall::Said said) {
  if (said == LastCall::Said::kNotSaved)
    spdlog::error("the disk does not answer: stopped without what was still to be saved");
  else
    spdlog::warn("stopped; what is late ends with the process");
  spdlog::default_logger()->flush();
}

// The agent's life between start and end.
int live(scheduler::Engine& engine, const Place& place, const commands::AgentOptions& options,
         const base::EnvironmentLookup& environment, Ending& ending) {
  Signals hang_ups(engine, {SIGHUP});
  AppOptions parts{place.directories, settings_files(place.directories, options.config), true};
  parts.own_pressure = platform::find_own_pressure(environment);
  auto app = App::create(engine, std::move(parts));
  if (!app) return complain(app.error());
  control::Server server(engine, (*app)->methods(), kVersion);
  if (const base::Status status = server.listen(place.socket); !status)
    return complain(status.error());
  (*app)->show_operations([&server] { return server.operations(); });
  if (options.tray)  // before anybody is answered: they may ask for the window
    (*app)->show_on_desktop({environment, place.socket, [&] { quit(ending.signals); }});
  (*app)->start();
  say_hello(place, **app);

  scheduler::TaskGroup watchers(engine);
  watchers.spawn("hang-ups", [&](const base::CancelToken&) { serve_hang_ups(hang_ups, **app); });
  if (::isatty(STDOUT_FILENO) != 0)
    watchers.spawn("status line",
                   [&](const base::CancelToken& cancel) { show_status(engine, **app, cancel); });
  ending.end.wait();

  ending.last_call.begin();
  hang_ups.stop();
  watchers.cancel(base::CancelReason::kShutdown);
  server.close(kReplies);
  for (const std::string& job : (*app)->shut_down(kJobs))
    spdlog::warn("job {} did not end in time", job);
  ending.last_call.durable();
  // From here on everybody is joined, until that is too late.
  watchers.join();
  server.stop({});
  app->reset();
  spdlog::info("stopped");
  return 0;
}

int run_on(scheduler::Engine& engine, const Place& place, const commands::AgentOptions& options,
           const base::EnvironmentLookup& environment, LastCall& last_call) {
  Ending ending{EndSignals(engine), scheduler::Event(engine), last_call};
  scheduler::TaskGroup listener(engine);
  listener.spawn("signals", [&](const base::CancelToken&) { wait_for_the_end(ending); });
  const int exit_code = live(engine, place, options, environment, ending);
  ending.signals.stop();
  listener.join();
  return exit_code;
}

// Somebody has typed this who may want to see it: the window of the one that runs already is shown,
// if it can be.
void show_the_other(const Place& place) {
  if (::isatty(STDERR_FILENO) == 0) return;
  if (const auto other = agent_backend(place.socket))
    (void)(*other)->call("ShowPopover", {}, {}, {});
}

// By the socket's place, and by that of the journal: programs of one user may be told different
// runtime directories. Where the second cannot be had nothing can be written there either.
struct Locks {
  InstanceLock of_socket;
  std::optional<InstanceLock> of_journal;
};
base::Result<Locks> take_locks(const Place& place) {
  auto of_socket = InstanceLock::take(place.runtime_directory);
  if (!of_socket) return tl::unexpected(std::move(of_socket).error());
  Locks locks{*std::move(of_socket), std::nullopt};
  std::error_code cannot;
  std::filesystem::create_directories(place.directories.state_home, cannot);
  auto of_journal = InstanceLock::take(place.directories.state_home + "/lull");
  if (!of_journal && of_journal.error().code == base::ErrorCode::kBusy)
    return tl::unexpected(std::move(of_journal).error());
  if (of_journal) locks.of_journal = *std::move(of_journal);
  return locks;
}

}  // namespace

int run_agent(const commands::AgentOptions& options, const base::EnvironmentLookup& environment,
              const std::function<void(int)>& leave) {
  // Of the end of a terminal, or of settings that are not read yet, there is nothing to hear.
  ::signal(SIGHUP, SIG_IGN);
  const auto place = find_place(options, environment);
  if (!place) return complain(place.error());
  const auto locks = take_locks(*place);
  if (!locks) {
    const int exit_code = complain(locks.error());
    if (options.tray && locks.error().code == base::ErrorCode::kBusy) show_the_other(*place);
    return exit_code;
  }
  set_up_log();

  return run_beside_window_system(options.tray, [&] {
    int exit_code = 1;
    LastCall last_call(kEnd, [&](LastCall::Said said) {
      say_last(said);
      leave(said == LastCall::Said::kNothingLost ? 0 : 1);
    });
    scheduler::Engine engine;
    engine.run([&] { exit_code = run_on(engine, *place, options, environment, last_call); });
    return exit_code;
  });
}

}  // namespace lull::agent
