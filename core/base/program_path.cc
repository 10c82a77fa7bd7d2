// SPDX-License-Identifier: MIT
#include "core/base/program_path.h"

#include <algorithm>
#include <cstddef>

#include <sys/stat.h>
#include <unistd.h>

namespace lull::base {

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::optional<std::string> find_in_path(std::string_view name, std::string_view path) {
  while (!path.empty()) {
    const std::string_view directory = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(directory.size() + 1, path.size()));
    if (!directory.starts_with('/')) continue;
    std::string found = std::string(directory) + "/" + std::string(name);
    if (is_program(found)) return found;
  }
  return std::nullopt;
}

}  // namespace lull::base
