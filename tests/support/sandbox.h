// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <sys/types.h>

#include "tests/support/temp_dir.h"

namespace lull::support {

struct Finished {
  int exit_code = -1;  // 128 + signal if a signal ended it
  std::string out;
  std::string err;
  boost::json::value json() const;  // of `out`; throws if that is not one document
};

// A running program; killed and awaited when dropped.
class Process {
 public:
  // Called in the new process before it becomes the program.
  using BeforeExec = void (*)();
  // `name` tells the files of its output apart.
  Process(const TempDir& place, const std::string& name, const std::vector<std::string>& command,
          const std::map<std::string, std::string>& environment, BeforeExec before_exec = nullptr);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool has_ended() const;  // it is still to be waited for
  // Waits for its end; after 30 s it is killed and an exception says so.
  Finished wait();
  std::string output_so_far() const;
  std::string errors_so_far() const;

 private:
  const TempDir& place_;
  const std::string name_;
  pid_t pid_ = -1;
};

// A user of their own, for tests and benchmarks of the whole program: the real program with HOME
// and every XDG directory in a temporary tree.
class Sandbox {
 public:
  Sandbox();

  const TempDir& temp() const { return temp_; }
  std::string home() const { return temp_ / "home"; }
  std::string socket() const { return temp_ / "run/lull/control"; }
  // Writes a file below the home.
  std::string write(const std::string& name, const std::string& contents) const {
    return temp_.write("home/" + name, contents);
  }
  void set(const std::string& variable, const std::string& value) {
    environment_[variable] = value;
  }
  // For programs that end while they are traced: the sanitizer cannot look for leaks then, and ends
  // them with 1.
  void look_for_no_leaks() { environment_["ASAN_OPTIONS"] += ":detect_leaks=0"; }

  std::unique_ptr<Process> start(const std::vector<std::string>& arguments,
                                 Process::BeforeExec before_exec = nullptr);
  // Somebody else's program, by its absolute path.
  std::unique_ptr<Process> start_program(const std::vector<std::string>& command,
                                         Process::BeforeExec before_exec = nullptr);
  // Runs a command to its end.
  Finished lull(const std::vector<std::string>& arguments);
  // Starts `lull agent` and waits until it answers; throws if it does not.
  std::unique_ptr<Process> start_agent(const std::vector<std::string>& more = {});

 private:
  TempDir temp_;
  std::map<std::string, std::string> environment_;
  int started_ = 0;
};

}  // namespace lull::support
