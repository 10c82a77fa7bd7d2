// SPDX-License-Identifier: MIT
#include "agent/commands/terminal_question.h"

#include <array>
#include <iostream>

#include <poll.h>
#include <unistd.h>

namespace lull::commands {
namespace {

// A signal is told to the token by another thread: how late it may be noticed here.
constexpr int kLookAgainMs = 100;

bool wait_for_input(const base::CancelToken& cancel) {
  while (!cancel.cancelled()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, kLookAgainMs) > 0) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> ask_on_terminal(const std::string& prompt,
                                           const base::CancelToken& cancel) {
  std::cerr << prompt << std::flush;
  std::string line;
  while (wait_for_input(cancel)) {
    std::array<char, 256> part;
    const ssize_t got = ::read(STDIN_FILENO, part.data(), part.size());
    if (got <= 0) break;
    line.append(part.data(), static_cast<std::size_t>(got));
    const std::size_t end = line.find('\n');
    if (end != std::string::npos) return line.substr(0, end);
  }
  std::cerr << "\n" << std::flush;
  return std::nullopt;
}

}  // namespace lull::commands
