// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/control/method.h"
#include "agent/settings.h"
#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/environment.h"
#include "core/base/result.h"

// The command line as a function: everything it touches comes in through CliEnvironment, so that a
// test can run every command. agent/main.cc fills it with the real things.
namespace lull::commands {

// Answers the methods of org.lull.Agent: over a socket, or with the same code in this process.
class Backend {
 public:
  virtual ~Backend() = default;
  // Blocks. `on_progress` may be empty; it is called on the calling thread with {"progress": {…}}.
  // When `cancel` fires: the partial result, or kCancelled if there is none.
  virtual base::Result<control::Object> call(
      std::string_view method, control::Object parameters,
      const std::function<void(const control::Object&)>& on_progress,
      const base::CancelToken& cancel) = 0;
  // True: somebody else's process, which outlives the command.
  virtual bool is_agent() const = 0;
};

// What `lull agent` was asked for.
struct AgentOptions {
  std::string config;  // absolute; empty: the user's file
  std::string socket;  // empty: the usual place
  bool tray = true;
};

struct CliEnvironment {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  unsigned width = 80;  // columns of the terminal
  base::EnvironmentLookup environment;
  base::CancelToken cancel;  // Ctrl-C
  // kNoAgent if nobody listens there.
  std::function<base::Result<std::unique_ptr<Backend>>(const std::string& socket)> connect;
  std::function<base::Result<std::unique_ptr<Backend>>()> in_process;
  std::function<int(const AgentOptions&)> run_agent;
  // lull-popover with these words; its exit code.
  std::function<base::Result<int>(const std::vector<std::string>&)> run_window = {};

  // Shows a prompt and gives the line that was typed, without its end; nullopt at the end of input
  // and when cancelled. Empty: nobody is there to be asked.
  std::function<std::optional<std::string>(const std::string& prompt, const base::CancelToken&)>
      ask = {};
  const base::Clock* clock = &base::system_clock();
  // The machine's settings; a parameter for tests.
  std::string system_settings = agent::kSystemSettingsFile;
  std::string working_directory = {};  // for relative paths; empty: the process's
  // Returns after that long or when cancelled; empty: really waits.
  std::function<void(base::Duration, const base::CancelToken&)> wait = {};
};

// `lull ARGUMENTS…`; argv[0] is skipped. Returns the exit code of the contract. SIGPIPE must be
// ignored by the caller: a reader that goes away ends the command quietly.
int run_cli(int argc, const char* const* argv, CliEnvironment& environment);

}  // namespace lull::commands
