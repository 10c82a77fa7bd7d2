// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/environment.h"
#include "tests/support/temp_dir.h"

namespace lull::support {

// A user whose whole home lies in a temporary directory.
inline base::UserDirectories directories_below(const TempDir& temp) {
  base::UserDirectories directories;
  directories.home = temp / "home";
  directories.config_home = temp / "home/.config";
  directories.cache_home = temp / "home/.cache";
  directories.data_home = temp / "home/.local/share";
  directories.state_home = temp / "home/.local/state";
  directories.runtime_dir = temp / "run";
  directories.temp_dir = temp / "tmp";
  return directories;
}

// For those who purge: whatever the disk of this machine is.
inline bool never_nearly_full(const std::string&) { return false; }

}  // namespace lull::support
