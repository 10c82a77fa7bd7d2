// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/unique_fd.h"

namespace lull::agent::presence {

// A process of the test's own, with pipes to its standard input and output. Killed and reaped by
// the destructor. It ends when the test does, however that ends.
class Child {
 public:
  explicit Child(const std::vector<std::string>& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void write_line(const std::string& line);
  // Waits for a line; empty at the end of output.
  std::string read_line();
  // Sends SIGSTOP and waits until the process has stopped.
  void stop();
  void go_on();
  void kill();

 private:
  pid_t pid_ = 0;
  base::UniqueFd input_, output_;
};

}  // namespace lull::agent::presence
