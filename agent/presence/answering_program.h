// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace lull::agent::presence {

// A program that answers a line for every line. Used by one thread at a time, which may block; the
// destructor kills and reaps it.
class AnsweringProgram {
 public:
  // Starts it with our environment, its standard input and output a socket to us, its errors
  // nowhere.
  static base::Result<std::unique_ptr<AnsweringProgram>> start(const std::string& path);
  ~AnsweringProgram();
  AnsweringProgram(const AnsweringProgram&) = delete;
  AnsweringProgram& operator=(const AnsweringProgram&) = delete;

  // The answer without its newline, at most 4 KiB. kTimeout after `patience`; kUnavailable if it
  // has ended. After an error it is of no more use.
  base::Result<std::string> ask(std::string_view line, base::Duration patience);

 private:
  AnsweringProgram(pid_t pid, base::UniqueFd socket) : pid_(pid), socket_(std::move(socket)) {}

  const pid_t pid_;
  const base::UniqueFd socket_;
};

}  // namespace lull::agent::presence
