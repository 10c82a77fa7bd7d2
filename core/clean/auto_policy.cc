// SPDX-License-Identifier: MIT
#include "core/clean/auto_policy.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <utility>

#include "core/base/path_text.h"

namespace lull::clean {
namespace {

using model::AutoState;

// The program is not older than that, and will not be used for longer.
constexpr base::WallTime kEarliest{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};
constexpr base::WallTime kLatest{std::chrono::sys_days{std::chrono::year{2090} / 1 / 1}};
// Back: what setting a clock that is a little wrong does. Ahead: a machine that nobody used.
constexpr auto kBackAtMost = std::chrono::hours(26);
constexpr auto kAheadAtMost = std::chrono::days(60);

const model::RuleStanding* standing_of(const AutoState& state, std::string_view rule) {
  const auto found = std::find_if(state.rules.begin(), state.rules.end(),
                                  [&](const auto& standing) { return standing.rule == rule; });
  return found == state.rules.end() ? nullptr : &*found;
}

class Judge {
 public:
  explicit Judge(const AutoQuestion& question) : question_(question), given_back_(question.state) {
    for (std::string& rule : paused_rules(question.state)) paused_.insert(std::move(rule));
    decision_.move.id = question.plan.id;
    decision_.move.owner = question.plan.owner;
    decision_.move.made_at = question.plan.made_at;
    decision_.move.basis = question.plan.basis;
    decision_.doubt = doubt_about_clock(question.state, question.now);
  }

  AutoDecision run() {
    for (const PlanItem& item : question_.plan.items) judge(item);
    return std::move(decision_);
  }

 private:
  void judge(const PlanItem& item) {
    if (question_.mode == AutoMode::kOff) return leave(item, "automation.clean is off");
    if (!decision_.doubt.empty()) return leave(item, decision_.doubt);
    const auto rule = question_.rules.find(item.rule);
    if (rule == question_.rules.end()) return leave(item, "its rule is not there any more");
    if (rule->second.tier != model::Tier::kSafe)
      return leave(item, "its rule is not in the tier \"safe\"");
    if (const std::int64_t run = given_back_.run_about(item.path); run != 0)
      return leave(item, "it was given back after run " + std::to_string(run) +
                             ", never taken by itself again");
    if (paused_.contains(item.rule))
      return leave(item, "its rule pauses, since it was undone twice; `lull rules resume " +
                             item.rule + "` lets it go on");
    if (!is_rehearsed(question_.state, item.rule, rule->second.print, question_.now)) {
      decision_.rehearse.push_back(item);
      return;
    }
    if (question_.mode != AutoMode::kOn)
      return leave(item, "automation.clean is \"rehearse\": nothing moves");
    decision_.move.items.push_back(item);
  }

  void leave(const PlanItem& item, std::string reason) {
    decision_.left.push_back({item, std::move(reason)});
  }

  const AutoQuestion& question_;
  const GivenBack given_back_;
  std::set<std::string> paused_;
  AutoDecision decision_;
};

}  // namespace

GivenBack::GivenBack(const AutoState& state) {
  for (const model::UndoneItem& item : state.undone) runs_.emplace(item.path, item.run);
}

std::int64_t GivenBack::run_about(const std::string& path) const {
  for (std::size_t end = path.size(); end != std::string::npos && end > 0;
       end = path.rfind('/', end - 1)) {
    const auto above = runs_.find(path.substr(0, end));
    if (above != runs_.end()) return above->second;
  }
  const auto below = runs_.lower_bound(path + "/");
  return below != runs_.end() && base::is_below(below->first, path) ? below->second : 0;
}

AutoMode auto_mode(std::string_view word) {
  if (word == "on") return AutoMode::kOn;
  return word == "rehearse" ? AutoMode::kRehearse : AutoMode::kOff;
}

AutoDecision decide(const AutoQuestion& question) { return Judge(question).run(); }

std::string doubt_about_clock(const AutoState& state, base::WallTime now) {
  if (now < kEarliest || now >= kLatest)
    return "the clock cannot be right, and without it nothing tells what is old";
  if (!state.seen_at) return {};
  // The time that may be anything is not added to: a planted value must not overflow.
  if (now + kBackAtMost < *state.seen_at)
    return "the clock went back since the last run; it is believed from the next run on";
  if (now - kAheadAtMost > *state.seen_at)
    return "the clock is over 60 days ahead of the last run; it is believed from the next run on";
  return {};
}

bool is_rehearsed(const AutoState& state, std::string_view rule, std::string_view print,
                  base::WallTime now) {
  const model::RuleStanding* standing = standing_of(state, rule);
  return standing != nullptr && !print.empty() && standing->print == print &&
         standing->rehearsed_at >= kEarliest && standing->rehearsed_at <= now;
}

std::size_t times_undone(const AutoState& state, std::string_view rule) {
  const model::RuleStanding* standing = standing_of(state, rule);
  const std::int64_t forgiven = standing == nullptr ? 0 : standing->forgiven_run;
  std::set<std::int64_t> runs;
  for (const model::UndoneItem& item : state.undone)
    if (item.automatic && item.rule == rule && item.run > forgiven) runs.insert(item.run);
  return runs.size();
}

std::vector<std::string> paused_rules(const AutoState& state) {
  std::set<std::string> rules;
  for (const model::UndoneItem& item : state.undone)
    if (item.automatic) rules.insert(item.rule);
  std::erase_if(rules, [&](const std::string& rule) { return !is_paused(state, rule); });
  return {rules.begin(), rules.end()};
}

std::vector<RuleSum> sums_by_rule(const std::vector<PlanItem>& items) {
  std::map<std::string, RuleSum> sums;
  for (const PlanItem& item : items) {
    RuleSum& sum = sums[item.rule];
    sum.rule = item.rule;
    sum.items += item.entries;
    sum.bytes += item.bytes;
  }
  std::vector<RuleSum> all;
  for (auto& [rule, sum] : sums) all.push_back(std::move(sum));
  return all;
}

}  // namespace lull::clean
