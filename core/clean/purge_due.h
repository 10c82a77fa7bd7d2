// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/clean/journal/clean_journal.h"

namespace lull::clean {

// What a purge has to do now: what was moved longer than `purge_after` ago, by the time that has
// certainly gone by (core/clean/lived_time.h) and not by the clock on the wall; everything moved
// that is in a trash of which `is_nearly_full` says so; and what a killed purge has begun with. In
// the order in which it was moved. Blocks.
base::Result<std::vector<CleanItem>> items_to_purge(
    CleanJournal& journal, const base::Clock& clock, base::Duration purge_after,
    const std::function<bool(const std::string& trash)>& is_nearly_full);

// Has the file system of `path` less than a twentieth of its blocks left for users? Not if it
// cannot be asked. Blocks.
bool is_nearly_full(const std::string& path);

}  // namespace lull::clean
