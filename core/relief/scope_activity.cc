// SPDX-License-Identifier: MIT
#include "core/relief/scope_activity.h"

#include <algorithm>
#include <utility>

#include "core/relief/app_unit.h"

namespace lull::relief {

using model::ScopeReading;
using model::ScopeState;

std::optional<ScopeChange> scope_change(const ScopeReading& before, const ScopeReading& after,
                                        base::Duration between) {
  const bool is_same = before.cgroup_id == after.cgroup_id && before.unit == after.unit &&
                       before.state == ScopeState::kRead && after.state == ScopeState::kRead;
  const bool went_back = after.refaults_anonymous < before.refaults_anonymous ||
                         after.refaults_file < before.refaults_file ||
                         after.pages_scanned < before.pages_scanned ||
                         after.cpu_us.value_or(0) < before.cpu_us.value_or(0) ||
                         after.pages_swapped_in.value_or(0) < before.pages_swapped_in.value_or(0);
  if (!is_same || went_back || between <= base::Duration::zero()) return std::nullopt;
  ScopeChange change;
  if (before.cpu_us && after.cpu_us)
    change.cpu_percent =
        static_cast<double>(*after.cpu_us - *before.cpu_us) / (base::to_seconds(between) * 1e4);
  change.refaults = after.refaults_anonymous - before.refaults_anonymous + after.refaults_file -
                    before.refaults_file;
  if (before.pages_swapped_in && after.pages_swapped_in)
    change.swapped_in = *after.pages_swapped_in - *before.pages_swapped_in;
  change.scanned = after.pages_scanned - before.pages_scanned;
  return change;
}

bool was_idle(const ScopeChange& change) {
  return change.cpu_percent && *change.cpu_percent < kIdleCpuPercent &&
         change.refaults <= kIdleRefaults && change.swapped_in <= kIdleRefaults;
}

bool is_kept(const std::string& unit, const KeptApps& kept) {
  return std::find(kept.units.begin(), kept.units.end(), unit) != kept.units.end() ||
         std::any_of(kept.app_ids.begin(), kept.app_ids.end(),
                     [&](const std::string& id) { return unit_is_app(unit, id); }) ||
         is_terminal(unit);
}

std::vector<ScopeUse> ScopeActivity::note(const model::ScopeTree& tree, const KeptApps& kept) {
  std::map<std::uint64_t, Seen> now_seen;
  std::vector<ScopeUse> uses;
  uses.reserve(tree.scopes.size());
  for (const ScopeReading& reading : tree.scopes) {
    if (reading.state != ScopeState::kRead) continue;
    const auto found = seen_.find(reading.cgroup_id);
    Seen seen = found == seen_.end() ? Seen{reading, tree.taken_at, tree.taken_at} : found->second;
    const base::Duration idle = idle_for(reading, tree.taken_at, seen);
    uses.push_back({reading, idle, is_kept(reading.unit, kept)});
    now_seen.insert_or_assign(reading.cgroup_id, std::move(seen));
  }
  seen_ = std::move(now_seen);
  return uses;
}

base::Duration ScopeActivity::idle_for(const ScopeReading& reading, base::SteadyTime taken_at,
                                       Seen& seen) {
  const base::Duration between = taken_at - seen.taken_at;
  const auto change =
      scope_change(seen.reading, reading, std::max<base::Duration>(between, kIdleWindow));
  const bool is_idle = change && was_idle(*change);
  if (!is_idle) seen.idle_since = taken_at;
  if (!is_idle || between >= kIdleWindow) {
    seen.reading = reading;
    seen.taken_at = taken_at;
  }
  return taken_at - seen.idle_since;
}

}  // namespace lull::relief
