// SPDX-License-Identifier: MIT
#include "core/scan/user_dirs.h"

#include <algorithm>
#include <cstddef>

#include <fcntl.h>

#include "core/scan/peek.h"

namespace lull::scan {
namespace {

// The text between the quotes; empty if there is none.
std::string unquoted(std::string_view value) {
  std::string text;
  if (!value.starts_with('"')) return {};
  for (std::size_t i = 1; i < value.size(); ++i) {
    if (value[i] == '"') return text;
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    text += value[i];
  }
  return {};
}

}  // namespace

std::vector<UserDir> parse_user_dirs(std::string_view text, const std::string& home) {
  constexpr std::string_view kHome = "$HOME/", kPrefix = "XDG_", kSuffix = "_DIR";
  std::vector<UserDir> all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string_view key = line.substr(0, equals);
    if (equals == line.size() || !key.starts_with(kPrefix) || !key.ends_with(kSuffix)) continue;
    std::string path = unquoted(line.substr(equals + 1));
    if (path.starts_with(kHome)) path = home + "/" + path.substr(kHome.size());
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (!path.starts_with('/') || path == "/" || path == home) continue;
    all.push_back({std::move(path), key == "XDG_DOWNLOAD_DIR"});
  }
  return all;
}

std::vector<UserDir> read_user_dirs(const std::string& config_home, const std::string& home) {
  constexpr std::size_t kLargest = 64 * 1024;
  const auto text = peek_text(AT_FDCWD, (config_home + "/user-dirs.dirs").c_str(), kLargest);
  return text ? parse_user_dirs(*text, home) : std::vector<UserDir>();
}

std::string download_directory(const std::string& config_home, const std::string& home) {
  for (const UserDir& dir : read_user_dirs(config_home, home))
    if (dir.downloads) return dir.path;
  return home + "/Downloads";
}

}  // namespace lull::scan
