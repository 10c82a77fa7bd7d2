// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/environment.h"
#include "core/base/result.h"
#include "core/clean/plan.h"
#include "core/scan/held_locks.h"
#include "core/scan/path_guard.h"
#include "core/scan/rule_roots.h"
#include "core/scan/rules.h"
#include "core/scan/scanner.h"
#include "core/scan/variables.h"

namespace lull::clean {

// How a run comes by what its rules ask of the system. Each probe answers for one moment, so that a
// new one is made whenever the answer shall be new; null: unknown, which keeps.
struct RuleProbes {
  std::function<scan::RunningProbe()> running;
  std::function<std::function<scan::Running(const std::string& id)>()> flatpak_running;
  std::function<std::optional<scan::HeldLocks>()> held_locks;
};

struct RecheckSource {
  const scan::RuleSet& rules;  // outlives the object
  base::UserDirectories directories;
  scan::ScanPlaces places;
  std::vector<std::string> keep;
  uid_t owner = 0;
  RuleProbes probes;
  std::optional<scan::LetterCase> letter_case;  // none: as this system's volumes have it
};

// The last word of a rule before a move (MoveGuards::recheck): is it still there, does it still
// look in the item's root, does anything that it names run, hold a lock, or say that the root
// stays; is the item on the never list or the keep list, and is it still old enough? What is asked
// of the system is asked anew when the answer is older than kFresh. Any thread; blocks on the file
// system.
class RuleRecheck {
 public:
  static constexpr base::Duration kFresh = std::chrono::seconds(1);

  // Fails for a keep list that is none, as a scan does. `clock` outlives the object.
  static base::Result<std::unique_ptr<RuleRecheck>> make(RecheckSource source,
                                                         const base::Clock& clock);

  // Why it stays, in words for people; empty if nothing speaks against it.
  std::string operator()(const PlanItem& item, const struct stat& status);

 private:
  // What one rule says of the moment.
  struct Moment;

  RuleRecheck(RecheckSource source, scan::Variables variables, scan::PathGuard keep,
              const base::Clock& clock);
  std::shared_ptr<const Moment> moment_of(const scan::Rule& rule);
  std::shared_ptr<const Moment> ask(const scan::Rule& rule) const;
  std::string listed(const PlanItem& item, const std::string& spelled) const;

  const RecheckSource source_;
  const base::Clock& clock_;
  const scan::Variables variables_;
  const scan::PathGuard never_, keep_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Moment>> moments_;  // by rule
};

}  // namespace lull::clean
