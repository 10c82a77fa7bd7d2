// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lull::scan {

// A directory of documents under the name that the user's language gives it.
struct UserDir {
  std::string path;  // absolute
  bool downloads = false;
};

// $XDG_CONFIG_HOME/user-dirs.dirs (user-dirs.dirs(5)): lines like XDG_MUSIC_DIR="$HOME/Musik". What
// is not understood, and the home directory itself ("none of that kind"), is left out. Pure.
std::vector<UserDir> parse_user_dirs(std::string_view text, const std::string& home);

// The same of the file in `config_home`; nothing if there is none that can be read. Blocks.
std::vector<UserDir> read_user_dirs(const std::string& config_home, const std::string& home);

// Where downloads go: XDG_DOWNLOAD_DIR of user-dirs.dirs(5) in `config_home`, else ~/Downloads.
std::string download_directory(const std::string& config_home, const std::string& home);

}  // namespace lull::scan
