// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/settings.h"
#include "core/platform/power_probe.h"
#include "core/platform/pressure_probe.h"
#include "core/platform/roots.h"
#include "core/platform/scope_probe.h"
#include "core/platform/scope_reclaim.h"
#include "core/platform/swap_probe.h"
#include "core/relief/policy.h"
#include "core/stats/system_monitor.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent {

// The facilities of this machine that relief looks through and acts by. What is missing is null,
// and `no_apps` says why.
struct ReliefFacilities {
  std::unique_ptr<platform::ScopeProbe> scopes;  // null together with the next
  std::unique_ptr<platform::ScopeReclaim> reclaim;
  std::unique_ptr<platform::SwapProbe> swap;  // the rest is never null
  std::unique_ptr<platform::PressureProbe> memory_stall, io_stall;
  std::string app_slice;  // directory of the user's apps; empty without one
  std::string own_unit;   // ours among them, if it is
  std::string no_apps;    // one line for people; empty if apps can be asked
  bool overshoots = false;
  std::uint64_t page_bytes = 4096;  // in which the kernel counts what it takes
  // Whether something of a unit has a terminal; blocks. Null: not known.
  std::function<bool(const std::string& unit)> has_terminal = nullptr;
};
// The real ones; asks the kernel by trying, except for what cannot be tried without harm.
ReliefFacilities find_relief_facilities(const platform::SystemRoots& roots, unsigned user_id,
                                        const base::Clock& clock);

// Samples for the policy, each of one moment and taken anew. What takes time is done on the
// blocking pool. Engine thread.
class ReliefSenses {
 public:
  struct Sources {
    stats::SystemMonitor& monitor;
    platform::PowerProbe& power;
    std::function<std::optional<model::PressureLevel>()> level;
    std::function<std::optional<base::SteadyTime>()> noticed_at;     // a slight stall
    std::function<std::optional<base::Duration>()> person_idle_for;  // nullopt: nobody knows
    // The control group below the app slice whose window is in front; nullopt: nobody says. Blocks,
    // and may start a program for it: only asked for a relief that may take from apps.
    std::function<std::optional<std::string>()> front_way = {};
    // Who keeps the machine from being idle, as "mpv (playing)".
    std::function<std::vector<std::string>()> inhibitors = {};
    // The level goes by available memory, for want of stalls.
    std::function<bool()> by_available = {};
  };
  ReliefSenses(scheduler::Engine& engine, scheduler::Executor& blocking, const Settings& settings,
               Sources sources, ReliefFacilities facilities);

  // Parks the fiber. Fails only if memory cannot be read. The levers of files are the caller's.
  base::Result<relief::ReliefSample> take();
  // Reads the apps and nothing else, so that later it is known for how long they have been idle.
  // At most once in kAppsGap; parks the fiber.
  void look_at_apps();
  bool apps_are_due() const;
  std::optional<model::PressureLevel> level() const { return sources_.level(); }
  bool is_by_available() const { return sources_.by_available && sources_.by_available(); }
  // A slight stall within the last seconds, with memory that is not plenty.
  bool noticed(const model::MemorySample& memory) const;
  bool noticed_now() const;  // the same of memory as it was looked at last

  ReliefFacilities& facilities() { return facilities_; }
  const ReliefFacilities& facilities() const { return facilities_; }
  relief::ReliefSettings policy_settings() const;

  // As they were read last; nullopt: never, or apps cannot be read here.
  const std::optional<std::vector<model::AppMemory>>& largest_apps() const { return largest_; }

  static constexpr auto kAppsGap = std::chrono::minutes(5);
  static constexpr auto kFrontHolds = std::chrono::seconds(10);
  static constexpr auto kTerminalHolds = std::chrono::minutes(1);

 private:
  enum class Ask : bool { kNobody, kFront };
  // Whether an app has a terminal, as it was looked at last.
  struct Terminal {
    base::SteadyTime at{};
    bool has = false;
  };
  std::vector<relief::ScopeUse> read_apps(Ask ask);
  relief::KeptApps kept_apps(Ask ask) const;
  void keep_foreground(std::vector<relief::ScopeUse>& apps) const;
  void ask_front(const std::vector<relief::ScopeUse>& apps);
  void keep_terminals(std::vector<relief::ScopeUse>& apps);

  scheduler::Engine& engine_;
  scheduler::Executor& blocking_;
  const Settings& settings_;
  const Sources sources_;
  ReliefFacilities facilities_;
  relief::ScopeActivity activity_;
  std::mutex reading_;
  std::optional<base::SteadyTime> apps_at_, front_at_;
  std::optional<std::string> front_unit_;        // of the last question
  std::map<std::uint64_t, Terminal> terminals_;  // by cgroup, of candidates
  std::optional<std::vector<model::AppMemory>> largest_;
};

}  // namespace lull::agent
