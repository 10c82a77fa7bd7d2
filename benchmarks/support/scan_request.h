// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <string>

#include <unistd.h>

#include "core/scan/scanner.h"

namespace lull::benchmarks {

// Of this user with `home` and nothing of their own but the runtime and temporary directories,
// which lie in `outside`. It takes place in sixty days: a change time cannot be set back.
inline scan::ScanRequest scan_request(const std::string& home, const std::string& outside) {
  scan::ScanRequest request;
  request.directories.home = home;
  request.directories.cache_home = home + "/.cache";
  request.directories.config_home = home + "/.config";
  request.directories.data_home = home + "/.local/share";
  request.directories.state_home = home + "/.local/state";
  request.directories.runtime_dir = outside + "/run";
  request.directories.temp_dir = outside + "/tmp";
  request.owner = ::geteuid();
  request.now = std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now() + std::chrono::days(60));
  return request;
}

}  // namespace lull::benchmarks
