// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

// Where things of the user live, from the environment alone (XDG Base Directory Specification
// 0.8), so that a test which sets the variables can touch nothing else.
namespace lull::base {

// Looks a variable up; nullopt when unset.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view name)>;
std::optional<std::string> process_environment(std::string_view name);  // getenv

// Absolute paths without a trailing slash. A relative XDG value is ignored, as the specification
// says.
struct UserDirectories {
  std::string home;         // HOME, else the password database
  std::string config_home;  // XDG_CONFIG_HOME or ~/.config
  std::string cache_home;   // XDG_CACHE_HOME or ~/.cache
  std::string data_home;    // XDG_DATA_HOME or ~/.local/share
  std::string state_home;   // XDG_STATE_HOME or ~/.local/state
  std::string
      runtime_dir;       // XDG_RUNTIME_DIR, else /run/user/UID if it is ours, else TMPDIR/lull-UID
  std::string temp_dir;  // TMPDIR or /tmp
  std::string program_path;  // PATH as it is, where programs are looked for; empty if unset
};

// Fails only if there is no home at all.
Result<UserDirectories> find_user_directories(
    const EnvironmentLookup& lookup = process_environment);

}  // namespace lull::base
