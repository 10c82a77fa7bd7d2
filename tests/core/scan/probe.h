// SPDX-License-Identifier: MIT
#pragma once
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/wait.h>

namespace lull::scan::testing {

// What measure_probe.cc says.
struct ProbeResult {
  static constexpr int kCannot = 77;  // this machine does not allow what was asked for
  int exit_code = -1;
  unsigned long long ours = 0, du = 1, files = 0, directories = 0, errors = 0;
  int partial = -1;
  std::vector<std::string> error_lines;  // "path: words"
  std::string text;                      // all of it
};

inline ProbeResult probe(const std::string& arguments) {
  const std::string command = std::string(LULL_MEASURE_PROBE) + " " + arguments;
  FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) throw std::runtime_error(command);
  std::string text;
  for (int c = std::fgetc(output); c != EOF; c = std::fgetc(output)) text += static_cast<char>(c);
  const int status = ::pclose(output);
  ProbeResult result;
  result.text = text;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  const int read =
      std::sscanf(text.c_str(), "%llu %llu %llu %llu %llu %d", &result.ours, &result.du,
                  &result.files, &result.directories, &result.errors, &result.partial);
  if (result.exit_code == 0 && read != 6) throw std::runtime_error(command + ": " + text);
  for (std::size_t line = text.find('\n'); line + 1 < text.size();) {
    const std::size_t end = text.find('\n', line + 1);
    result.error_lines.push_back(text.substr(line + 1, end - line - 1));
    line = end;
  }
  return result;
}

}  // namespace lull::scan::testing
