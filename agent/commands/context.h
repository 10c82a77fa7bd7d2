// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "agent/commands/command.h"
#include "agent/commands/json_text.h"
#include "agent/commands/style.h"

namespace lull::commands {

// Exit codes of the contract.
enum ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kWrongUsage = 2,
  kPartly = 3,
  kNeedsAgent = 4,
  kCancelledByUser = 130,
};
int exit_code_of(const base::Error& error);

// What a command works with: a backend, its output, and how it ends. One command, one thread.
class Context {
 public:
  // `socket` empty: LULL_SOCKET or the usual place.
  Context(CliEnvironment& environment, std::string_view command, std::string socket, bool json);

  CliEnvironment& environment() { return environment_; }
  const Style& style() const { return out_style_; }
  bool json() const { return json_; }
  bool cancelled() const { return environment_.cancel.cancelled(); }
  base::WallTime now() const { return environment_.clock->wall_now(); }
  // The socket as it was named, empty if it was not.
  const std::string& named_socket() const { return socket_; }

  // Asks the agent, or this process if there is none. Shows progress while it takes long.
  base::Result<Object> call(std::string_view method, Object parameters = {});
  // kNoAgent with what to do if there is none.
  base::Result<Object> call_agent(std::string_view method, Object parameters = {});
  // Asks this process even if there is an agent: for what cannot be said over the socket.
  base::Result<Object> call_here(std::string_view method, Object parameters);
  // kNoAgent if there is none; then nothing was said about it yet.
  base::Status find_agent();
  // The next call looks for the agent again.
  void reconnect() { backend_.reset(); }
  // After a call: whether an agent answered it, and not this process.
  bool agent_answered() const { return backend_ && backend_->is_agent(); }

  void print(std::string_view text);
  void print_json(const Value& value);  // one document: pretty on a terminal
  // "lull: text" on standard error.
  void complain(std::string_view text);
  // Says the error, as a document with --json, and returns its exit code.
  int fail(const base::Error& error);
  // The same where "not found" can only mean a word that the user got wrong.
  int fail_for_name(base::Error error);
  // Is a person there who can be asked?
  bool can_ask() const { return static_cast<bool>(environment_.ask); }
  // "question [y/N] "; true for a yes. No if there is nobody, or Ctrl-C was the answer.
  bool confirm(const std::string& question);
  // Waits between two ticks; false if there shall be no other: cancelled, or nobody reads.
  bool wait(base::Duration duration);
  // The exit code, now that everything is said.
  int finish(int code);

  base::Result<base::UserDirectories> directories() const;
  // Absolute, without "." and double slashes; links and ".." are left to the kernel.
  std::string absolute(const std::string& path) const;

 private:
  base::Result<Object> call_on(Backend& backend, std::string_view method, Object parameters);
  base::Status use_any_backend();

  CliEnvironment& environment_;
  const std::string command_;
  const std::string socket_;
  const bool json_;
  const Style out_style_;
  const Style err_style_;
  std::unique_ptr<Backend> backend_;
  int write_error_ = 0;
  bool reader_gone_ = false;
};

}  // namespace lull::commands
