// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/clean/plan.h"
#include "core/model/auto_clean.h"
#include "core/model/reports.h"

// What cleaning by itself may take of a plan: pure functions of what is set, known and shown.
namespace lull::clean {

enum class AutoMode : std::uint8_t {
  kOff,
  kRehearse,  // rules show what they would take; nothing moves
  kOn,        // rules that were rehearsed as they are now move
};
// "off", "rehearse" or "on"; anything else is kOff, since nothing is done on a guess.
AutoMode auto_mode(std::string_view word);

// What was given back once, which nothing takes by itself again. Of one moment.
class GivenBack {
 public:
  explicit GivenBack(const model::AutoState& state);
  // The run that had taken the path, something above it or something below it; 0 for none.
  std::int64_t run_about(const std::string& path) const;

 private:
  std::map<std::string, std::int64_t>
      runs_;  // in an order in which what is below a path follows it
};

// A rule as it is now.
struct RuleFact {
  std::string print;  // scan::rule_print()
  model::Tier tier = model::Tier::kReview;
};

struct AutoQuestion {
  AutoMode mode = AutoMode::kOff;
  const model::AutoState& state;
  const std::map<std::string, RuleFact>& rules;  // by id
  const Plan& plan;
  base::WallTime now{};
};

struct RuleSum {
  std::string rule;
  std::uint64_t items = 0, bytes = 0;  // entries of the scan, allocated bytes
};

struct AutoLeft {
  PlanItem item;
  std::string reason;  // for people
};

// Every item of the plan is in exactly one of the three, in the plan's order.
struct AutoDecision {
  Plan move;                       // the plan with only what moves now
  std::vector<PlanItem> rehearse;  // shown this time, for the first time by its rule
  std::vector<AutoLeft> left;
  std::string doubt;  // why the clock is not believed; empty: it is
};

// Of items of rules that are not there, not in the safe tier, or paused nothing goes; nor of what
// was given back once, nor anything above or below that. A rule whose standing is missing, of
// another print, or of no sensible time is rehearsed (again). While the clock is not believed
// nothing happens at all: everything looks old to a clock that is ahead.
AutoDecision decide(const AutoQuestion& question);

// Why `now` is not to be believed: before this program was written, far beyond, or too far from
// what it was at the last run. Empty: nothing speaks against it. Distances in real time that people
// leave machines alone for pass.
std::string doubt_about_clock(const model::AutoState& state, base::WallTime now);

// Was the rule rehearsed as what it is now, at a time that has been?
bool is_rehearsed(const model::AutoState& state, std::string_view rule, std::string_view print,
                  base::WallTime now);

// Automatic runs of which something of the rule was given back, since it was last forgiven.
std::size_t times_undone(const model::AutoState& state, std::string_view rule);
// So many of them pause a rule.
inline constexpr std::size_t kUndoneUntilPause = 2;
inline bool is_paused(const model::AutoState& state, std::string_view rule) {
  return times_undone(state, rule) >= kUndoneUntilPause;
}
std::vector<std::string> paused_rules(const model::AutoState& state);  // sorted

// Sums by rule, sorted by id.
std::vector<RuleSum> sums_by_rule(const std::vector<PlanItem>& items);

}  // namespace lull::clean
