// SPDX-License-Identifier: MIT
#include "core/clean/path_check.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/path_text.h"

namespace lull::clean {
namespace {

bool has_control_character(std::string_view path) {
  return std::any_of(path.begin(), path.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

const char* component_refusal(std::string_view name) {
  if (name.empty()) return "its path has an empty component";
  if (name == ".") return "its path has a \".\" in it";
  if (name == "..") return "its path has a \"..\" in it";
  return nullptr;
}

void add(std::vector<std::string>& places, std::string place) {
  while (place.size() > 1 && place.ends_with('/')) place.pop_back();
  if (!place.starts_with('/') || place.size() == 1) return;
  if (std::find(places.begin(), places.end(), place) == places.end())
    places.push_back(std::move(place));
}

// Plans name things without links, the environment may name them with some. Of what does not exist
// yet, the part that does is resolved.
void add_with_real_name(std::vector<std::string>& places, const std::string& place) {
  add(places, place);
  std::error_code error;
  std::string real = std::filesystem::weakly_canonical(place, error).string();
  if (!error) add(places, std::move(real));
}

}  // namespace

ProtectedPlaces protected_places(const base::UserDirectories& directories,
                                 const std::vector<std::string>& extra) {
  ProtectedPlaces places;
  const std::string* homes[] = {&directories.config_home, &directories.cache_home,
                                &directories.data_home, &directories.state_home,
                                &directories.runtime_dir};
  add_with_real_name(places.whole, directories.home);
  add_with_real_name(places.whole, directories.temp_dir);
  for (const std::string* home : homes) {
    if (home->empty()) continue;
    add_with_real_name(places.whole, *home);
    add_with_real_name(places.own, *home + "/lull");
  }
  if (!directories.data_home.empty())
    add_with_real_name(places.own, directories.data_home + "/Trash");
  for (const std::string& place : extra) add_with_real_name(places.own, place);
  return places;
}

const char* plainness_refusal(std::string_view path) {
  if (path.empty()) return "its path is empty";
  if (path.front() != '/') return "its path is not absolute";
  if (path.size() == 1) return "it is the root of the file system";
  if (has_control_character(path)) return "its path has a control character in it";
  for (std::string_view rest = path; !rest.empty();) {
    rest.remove_prefix(1);  // the slash before the name
    const std::string_view name = rest.substr(0, rest.find('/'));
    if (const char* why = component_refusal(name)) return why;
    rest.remove_prefix(name.size());
  }
  return nullptr;
}

const char* path_refusal(std::string_view path, std::string_view root,
                         const ProtectedPlaces& places) {
  if (const char* why = plainness_refusal(path)) return why;
  if (plainness_refusal(root) != nullptr) return "the place its rule looks in is none";
  if (!base::is_at_or_below(path, root)) return "it is outside the place its rule looks in";
  for (const std::string& place : places.own) {
    if (base::is_at_or_below(path, place)) return "it belongs to lull or to the trash";
    if (base::is_at_or_below(place, path)) return "files of lull or the trash are in it";
  }
  for (const std::string& place : places.whole) {
    if (path == place) return "it is a place of its own, of which only the contents may go";
    if (base::is_at_or_below(place, path)) return "the home directory or a place like it is in it";
  }
  return nullptr;
}

}  // namespace lull::clean
