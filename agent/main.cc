// SPDX-License-Identifier: MIT
#include <csignal>
#include <cstdlib>
#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

#include "agent/app_launch.h"
#include "agent/commands/command.h"
#include "agent/commands/context.h"
#include "agent/commands/terminal_question.h"
#include "agent/in_process.h"
#include "agent/run_agent.h"
#include "agent/signals.h"
#include "agent/window_program.h"
#include "core/base/environment.h"
#include "core/platform/own_process.h"

namespace {

unsigned terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

// Threads that are late are still at work: no destructor may run under them.
void leave_at_once(int exit_code) {
  std::cout.flush();
  std::_Exit(exit_code);
}

}  // namespace

int main(int argc, char** argv) {
  namespace agent = lull::agent;
  namespace base = lull::base;
  namespace commands = lull::commands;
  namespace platform = lull::platform;
  platform::share_heaps();
  ::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error value
  const base::EnvironmentLookup environment = base::process_environment;
  auto interrupts = std::make_unique<agent::InterruptGuard>();
  commands::CliEnvironment cli{
      .out = std::cout,
      .err = std::cerr,
      .out_is_terminal = ::isatty(STDOUT_FILENO) != 0,
      .err_is_terminal = ::isatty(STDERR_FILENO) != 0,
      .width = terminal_width(),
      .environment = environment,
      .cancel = interrupts->token(),
      .connect = agent::agent_backend,
      .in_process = [&] { return agent::in_process_backend(environment); },
      .run_agent =
          [&](const commands::AgentOptions& options) {
            const base::CancelToken interrupted = interrupts->token();
            interrupts.reset();  // the agent's engine takes the signals from here on
            if (interrupted.cancelled()) return int{commands::kCancelledByUser};
            return agent::run_agent(options, environment, leave_at_once);
          },
      .run_window =
          [&](const std::vector<std::string>& words) {
            return agent::run_window_program(words, environment);
          },
  };
  if (::isatty(STDIN_FILENO) != 0 && cli.err_is_terminal) cli.ask = commands::ask_on_terminal;
  const auto own = platform::own_executable();
  if (own && agent::opened_as_app(argc, *own, ::isatty(STDIN_FILENO) != 0))
    return cli.run_agent(commands::AgentOptions{});
  return commands::run_cli(argc, argv, cli);
}
