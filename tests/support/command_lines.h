// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <unistd.h>

namespace lull::support {

// "a\tb" in words.
inline std::vector<std::string> words_of_line(const std::string& line) {
  std::vector<std::string> words(1);
  for (const char letter : line) {
    if (letter == '\t') {
      words.emplace_back();
    } else {
      words.back() += letter;
    }
  }
  return words;
}

// For a program that does as it is told on its standard input: reads what is there, and answers
// every whole line with what `obey` says. False at the end of input.
inline bool obey_lines(
    const std::function<std::string(const std::vector<std::string>& words)>& obey) {
  static std::string pending;
  char buffer[4096];
  const ssize_t length = ::read(STDIN_FILENO, buffer, sizeof(buffer));
  if (length <= 0) return false;
  pending.append(buffer, static_cast<std::size_t>(length));
  for (std::size_t end = 0; (end = pending.find('\n')) != std::string::npos;) {
    const std::string answer = obey(words_of_line(pending.substr(0, end)));
    pending.erase(0, end + 1);
    std::cout << answer << std::endl;
  }
  return true;
}

}  // namespace lull::support
