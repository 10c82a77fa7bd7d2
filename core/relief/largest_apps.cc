// SPDX-License-Identifier: MIT
#include "core/relief/largest_apps.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/bytes.h"
#include "core/relief/app_unit.h"

namespace lull::relief {

std::vector<model::AppMemory> largest_apps(const std::vector<ScopeUse>& scopes, std::size_t most) {
  std::map<std::string, std::uint64_t> by_title;
  for (const ScopeUse& scope : scopes)
    if (scope.reading.state == model::ScopeState::kRead)
      by_title[app_title(scope.reading.unit)] += scope.reading.current_bytes;
  std::vector<model::AppMemory> apps;
  for (const auto& [title, bytes] : by_title)
    if (bytes >= base::kMiB) apps.push_back({title, bytes});
  std::stable_sort(apps.begin(), apps.end(),
                   [](const auto& a, const auto& b) { return a.memory_bytes > b.memory_bytes; });
  if (apps.size() > most) apps.resize(most);
  return apps;
}

std::string largest_apps_text(const std::vector<model::AppMemory>& apps) {
  std::string text;
  for (const model::AppMemory& app : apps)
    text += (text.empty() ? "" : ", ") + app.name + " " + base::format_bytes(app.memory_bytes);
  return text;
}

}  // namespace lull::relief
