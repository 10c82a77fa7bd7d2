// SPDX-License-Identifier: MIT
#include "core/base/environment.h"

#include <cstdlib>
#include <vector>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lull::base {
namespace {

std::string without_trailing_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// An absolute path from the environment, or `fallback`.
std::string directory_from(const EnvironmentLookup& lookup, std::string_view name,
                           std::string fallback) {
  const auto value = lookup(name);
  if (!value || value->empty() || value->front() != '/') return fallback;
  return without_trailing_slashes(*value);
}

std::optional<std::string> home_of_user() {
  std::vector<char> buffer(16 * 1024);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr || found->pw_dir == nullptr || found->pw_dir[0] != '/')
    return std::nullopt;
  return without_trailing_slashes(found->pw_dir);
}

bool is_our_directory(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
}

std::string runtime_fallback(const std::string& temp_dir) {
  const std::string uid = std::to_string(::geteuid());
  if (std::string directory = "/run/user/" + uid; is_our_directory(directory)) return directory;
  return temp_dir + "/lull-" + uid;
}

}  // namespace

std::optional<std::string> process_environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<UserDirectories> find_user_directories(const EnvironmentLookup& lookup) {
  UserDirectories found;
  found.home = directory_from(lookup, "HOME", "");
  if (found.home.empty()) {
    auto home = home_of_user();
    if (!home)
      return fail(ErrorCode::kNotFound,
                  "this user has no home directory; set HOME to an absolute path");
    found.home = *std::move(home);
  }
  const std::string below = found.home == "/" ? "" : found.home;
  found.config_home = directory_from(lookup, "XDG_CONFIG_HOME", below + "/.config");
  found.cache_home = directory_from(lookup, "XDG_CACHE_HOME", below + "/.cache");
  found.data_home = directory_from(lookup, "XDG_DATA_HOME", below + "/.local/share");
  found.state_home = directory_from(lookup, "XDG_STATE_HOME", below + "/.local/state");
  found.temp_dir = directory_from(lookup, "TMPDIR", "/tmp");
  found.runtime_dir = directory_from(lookup, "XDG_RUNTIME_DIR", runtime_fallback(found.temp_dir));
  found.program_path = lookup("PATH").value_or("");
  return found;
}

}  // namespace lull::base
