// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

namespace lull::benchmarks {

// What a program took from its start to its end.
struct ChildCost {
  double wall = 0, cpu = 0;  // seconds; CPU of all its threads
  double resident_mib = 0;   // at most; not less than the caller's own when it was started
  int exit_code = -1;        // -1: a signal
  std::string output;        // the first 4 KiB of its standard output
};

// Runs `words` and waits for it. Standard error is thrown away, and so is standard output unless
// `keep_output`. exit_code is 127 if there is no such program.
ChildCost run_child(const std::vector<std::string>& words, bool keep_output);

}  // namespace lull::benchmarks
