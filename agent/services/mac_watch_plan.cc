// SPDX-License-Identifier: MIT
#include "agent/services/mac_watch_plan.h"

namespace lull::agent {
namespace {

std::string_view without_slash(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

// Is `path` the directory, or above it?
bool is_at_or_above(std::string_view path, std::string_view directory) {
  if (path == "/" || path == directory) return true;
  return directory.size() > path.size() && directory.starts_with(path) &&
         directory[path.size()] == '/';
}

bool is_one_of(const WatchedPlace& place, std::string_view path) {
  if (path == place.directory) return true;
  const std::size_t slash = path.rfind('/');
  return slash != std::string_view::npos && path.substr(0, slash) == place.directory &&
         place.ours(path.substr(slash + 1));
}

}  // namespace

std::vector<WatchedPlace> places_of_files(const std::vector<std::string>& files) {
  std::vector<WatchedPlace> places;
  for (const std::string& file : files) {
    const std::size_t slash = file.rfind('/');
    if (slash == std::string::npos) continue;
    places.push_back({file.substr(0, slash), [ours = file.substr(slash + 1)](
                                                 std::string_view name) { return name == ours; }});
  }
  return places;
}

std::vector<WatchedPlace> place_of_directory(const std::string& directory,
                                             const std::string& suffix) {
  return {{std::string(without_slash(directory)),
           [suffix](std::string_view name) { return name.ends_with(suffix); }}};
}

std::string nearest_there(const std::string& directory,
                          const std::function<bool(const std::string&)>& is_there) {
  std::string at = directory;
  while (!is_there(at)) {
    if (at == "/" || at.empty()) return {};
    const std::size_t slash = at.rfind('/');
    at = slash == 0 || slash == std::string::npos ? "/" : at.substr(0, slash);
  }
  return at;
}

bool concerns(const std::vector<WatchedPlace>& places, std::string_view path, bool must_look) {
  const std::string_view plain = without_slash(path);
  for (const WatchedPlace& place : places) {
    if (is_one_of(place, plain)) return true;
    if (must_look && is_at_or_above(plain, place.directory)) return true;
  }
  return false;
}

}  // namespace lull::agent
