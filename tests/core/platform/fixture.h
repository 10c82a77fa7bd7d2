// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/platform/roots.h"

namespace lull::platform {

// Recorded trees of /proc and /sys, one directory per machine: tests/golden/proc/NAME/{proc,sys}.
inline std::string golden_path(const std::string& name) {
  return std::string(LULL_GOLDEN_DIR) + "/proc/" + name;
}
inline SystemRoots golden_roots(const std::string& machine) {
  return {golden_path(machine) + "/proc", golden_path(machine) + "/sys"};
}
inline std::string golden_text(const std::string& name) {
  std::ifstream file(golden_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
// Every recorded file whose path ends in `ending`.
inline std::vector<std::string> golden_files(const std::string& ending) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(golden_path("")))
    if (entry.is_regular_file() && entry.path().string().ends_with(ending))
      found.push_back(std::filesystem::relative(entry.path(), golden_path("")).string());
  return found;
}

}  // namespace lull::platform
