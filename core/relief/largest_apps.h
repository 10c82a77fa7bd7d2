// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "core/model/app_scope.h"
#include "core/relief/scope_activity.h"

// Who holds the memory, by app and not by process: what a person can act on where Lull may not.
namespace lull::relief {

inline constexpr std::size_t kLargestApps = 3;

// The apps with the most memory, with all units of the same title together, the largest first.
// Nothing under a mebibyte. Pure.
std::vector<model::AppMemory> largest_apps(const std::vector<ScopeUse>& scopes,
                                           std::size_t most = kLargestApps);

// "firefox 1.20 GiB, code 800 MiB"; empty for none.
std::string largest_apps_text(const std::vector<model::AppMemory>& apps);

}  // namespace lull::relief
