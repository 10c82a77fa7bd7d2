// SPDX-License-Identifier: MIT
#include "core/scan/variables.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>

#include <sys/stat.h>

#include "core/base/path_text.h"
#include "core/scan/glob.h"
#include "core/scan/real_path.h"
#include "core/scan/user_dirs.h"

namespace lull::scan {
namespace {

std::string name_of(Variable variable) {
  return "$" + std::string(kVariableNames[static_cast<std::size_t>(variable)]);
}

bool has_control_byte(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// `steam-for-linux #3671`: "rm -rf $STEAMROOT/*" with an empty variable. What is wrong with the
// value alone, or null.
const char* fault_of(const std::string& value) {
  if (value.empty()) return " is empty";
  if (value.front() != '/') return " is not an absolute path";
  if (has_control_byte(value)) return " has a control character in it";
  const auto parts = split_path(value);
  const auto is_dot = [](std::string_view part) { return part == "."; };
  if (std::all_of(parts.begin(), parts.end(), is_dot)) return " is the root directory";
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) return " has '..' in it";
  return nullptr;
}

std::string tidied(const std::string& path) {
  std::string tidy;
  for (const auto part : split_path(path))
    if (part != ".") tidy += "/" + std::string(part);
  return tidy;
}

}  // namespace

Variables::Variables(const base::UserDirectories& directories, const ScanPlaces& places,
                     uid_t owner) {
  look(Variable::kHome, directories.home, owner);
  look(Variable::kCache, directories.cache_home, owner);
  look(Variable::kConfig, directories.config_home, owner);
  look(Variable::kData, directories.data_home, owner);
  look(Variable::kState, directories.state_home, owner);
  look(Variable::kTemp, directories.temp_dir, owner);
  if (!places.var_temp.empty()) look(Variable::kVarTemp, places.var_temp, owner);
  if (!directories.home.empty())
    look(Variable::kDownloads, download_directory(directories.config_home, directories.home),
         owner);
  if (!directories.home.empty()) look(Variable::kLibrary, directories.home + "/Library", owner);
  if (!places.darwin_temp.empty()) look(Variable::kDarwinTemp, places.darwin_temp, owner);
  if (!places.darwin_cache.empty()) look(Variable::kDarwinCache, places.darwin_cache, owner);
  for (const std::string& volume : places.volumes) look(Variable::kVolumes, volume, owner);
  refuse_what_holds_home();
}

void Variables::look(Variable variable, const std::string& text, uid_t owner) {
  Value& value = add(variable);
  if (const char* fault = fault_of(text)) {
    value.refusal = name_of(variable) + fault;
    return;
  }
  value.spelled = tidied(text);
  const auto real = real_path(value.spelled, mounts_, home());
  struct stat status {};
  if (!real && real.error().code == base::ErrorCode::kUnavailable) {
    value.refusal = name_of(variable) + " " + real.error().message;
    return;
  }
  if (!real && real.error().os_error != ENOENT && real.error().os_error != ENOTDIR) {
    value.refusal = name_of(variable) + " cannot be looked at";
    return;
  }
  if (!real || ::lstat(real->c_str(), &status) != 0) return;  // does not exist: nothing to find
  if (!S_ISDIR(status.st_mode)) {
    value.refusal = name_of(variable) + " is not a directory";
  } else if (*real == "/") {
    value.refusal = name_of(variable) + " is the root directory";
  } else {
    // A directory for everybody's files, where only owners may remove theirs, is as good as ours.
    // The root of a volume is whose it is: the trash in it is looked at for itself.
    if (variable == Variable::kVolumes) {
      value.real = *real;
      return;
    }
    const bool shared = (variable == Variable::kTemp || variable == Variable::kVarTemp) &&
                        (status.st_mode & S_ISVTX) != 0;
    if (status.st_uid != owner && !shared)
      value.refusal = name_of(variable) + " is not owned by you";
  }
  if (value.refusal.empty()) value.real = *real;
}

// XDG_CACHE_HOME=$HOME would make documents of the same names "caches".
void Variables::refuse_what_holds_home() {
  const Value home_value = values(Variable::kHome).front();
  if (home_value.spelled.empty()) return;
  const auto holds = [&](const Value& value) {
    return (!value.spelled.empty() && base::is_at_or_below(home_value.spelled, value.spelled)) ||
           (!value.real.empty() && !home_value.real.empty() &&
            base::is_at_or_below(home_value.real, value.real));
  };
  for (std::size_t i = 1; i < values_.size(); ++i)
    for (Value& value : values_[i]) {
      if (!holds(value) || !value.refusal.empty()) continue;
      value.refusal = name_of(static_cast<Variable>(i)) + " holds the home directory";
      value.real.clear();
    }
}

std::vector<std::string> Variables::patterns(const AnchoredPattern& pattern) const {
  std::string below;
  for (const std::string& component : pattern.components) below += "/" + component;
  std::vector<std::string> all;
  for (const Value& value : values(pattern.variable)) {
    if (!value.spelled.empty()) all.push_back(escape_glob(value.spelled) + below);
    if (!value.real.empty() && value.real != value.spelled)
      all.push_back(escape_glob(value.real) + below);
  }
  return all;
}

}  // namespace lull::scan
