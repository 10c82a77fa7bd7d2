// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/model/app_scope.h"

// Whether an app was used, told by what changed between two readings of its cgroup.
namespace lull::relief {

// Used less than this share of one core, and with no more pages wanted back, it is idle.
inline constexpr double kIdleCpuPercent = 0.1;
inline constexpr std::uint64_t kIdleRefaults = 16;
// Shorter times are judged as if they were that long: a timer that ticks is no use of the app.
inline constexpr auto kIdleWindow = std::chrono::minutes(1);

struct ScopeChange {
  std::optional<double> cpu_percent;  // of one core; nullopt: the kernel does not tell
  std::uint64_t refaults = 0;         // pages, anonymous and file: it wants back what was taken
  std::uint64_t swapped_in = 0;       // pages
  std::uint64_t scanned = 0;          // pages; the kernel's doing, no sign of use
};
// nullopt: not two readings of the same unit, not in order, or counters that went back.
std::optional<ScopeChange> scope_change(const model::ScopeReading& before,
                                        const model::ScopeReading& after, base::Duration between);
// An app whose CPU time is unknown is never idle.
bool was_idle(const ScopeChange& change);

// One app as relief looks at it.
struct ScopeUse {
  model::ScopeReading reading;
  base::Duration idle_for{};  // proven by readings; 0 for what was seen once
  bool kept = false;          // never to be taken from, whatever it does: see is_kept()
};

// What is left alone: by app id (settings), by unit (ours, and that of the window in front), and
// every terminal.
struct KeptApps {
  std::vector<std::string> app_ids;
  std::vector<std::string> units;
};
bool is_kept(const std::string& unit, const KeptApps& kept);

// Remembers a reading of each app. Readings in order of time; one thread at a time. Two readings
// that are further apart prove no less: CPU time and refaults add up in between.
class ScopeActivity {
 public:
  // Every app that could be read, in the order of the reading.
  std::vector<ScopeUse> note(const model::ScopeTree& tree, const KeptApps& kept);

 private:
  struct Seen {
    model::ScopeReading reading;  // where the running window began
    base::SteadyTime taken_at{}, idle_since{};
  };
  base::Duration idle_for(const model::ScopeReading& reading, base::SteadyTime taken_at,
                          Seen& seen);

  std::map<std::uint64_t, Seen> seen_;  // by cgroup; only those of the last reading
};

}  // namespace lull::relief
