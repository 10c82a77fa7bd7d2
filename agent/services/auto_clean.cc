// SPDX-License-Identifier: MIT
#include "agent/services/auto_clean.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/services/auto_clean_notes.h"
#include "agent/services/run_usage.h"
#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/scan/rule_print.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

using base::Result;
using base::Status;
using scheduler::ConditionState;
using scheduler::JobResult;
using scheduler::Outcome;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

// One run, from what a scan found to what is said of it.
struct AutoClean::Work {
  base::WallTime started_at{};
  base::SteadyTime begun{};
  platform::OwnUse used;  // until it began
  clean::AutoMode mode = clean::AutoMode::kOff;
  model::ScanReport report;
  std::map<std::string, clean::RuleFact> facts;
  std::vector<clean::LeftOut> left_out;
  model::AutoState state;
  clean::AutoDecision decision;
  std::optional<clean::CleanResult> moved;
  AutoCleanNews news;  // of what was shown
};

AutoClean::AutoClean(Parts parts) : parts_(std::move(parts)) {}

scheduler::JobSpec AutoClean::job() {
  scheduler::JobSpec spec;
  spec.name = kJob;
  spec.trigger = scheduler::Trigger::kIdle;
  spec.priority = scheduler::Priority::kBackground;
  spec.shutdown = scheduler::ShutdownBehaviour::kFinishItem;
  spec.constraints = {"clean-off", "user-active", "cpu-busy",  "on-battery",    "pressure",
                      "thermal",   "quiet-hours", "inhibited", "not-rehearsed", "rule-paused"};
  spec.interval = kInterval;
  spec.tolerance = std::chrono::minutes(30);
  spec.deadline = std::chrono::minutes(30);
  spec.minimum_gap = kIntervalWhenFull;
  spec.body = [this](scheduler::JobContext& context) { return run(context); };
  return spec;
}

// The last two never hold it back: they say what a run would leave.
std::vector<scheduler::Condition> AutoClean::conditions() const {
  const auto off = [this]() -> ConditionState {
    const std::string& word = parts_.settings.automation.clean;
    return {clean::auto_mode(word) != clean::AutoMode::kOff, word, "rehearse or on"};
  };
  const auto rehearsed = [this]() -> ConditionState {
    return {true, looked_ ? rules_text(rehearsed_rules_) + " shown so far" : "unknown",
            "each rule is shown once before it moves"};
  };
  const auto paused = [this]() -> ConditionState {
    std::string value = !looked_ ? "unknown" : paused_.empty() ? "none" : joined(paused_);
    if (kept_items_ > 0) value += "; " + std::to_string(kept_items_) + " given back stay for good";
    return {true, std::move(value), "rules undone twice are left out"};
  };
  return {{"clean-off", off}, {"not-rehearsed", rehearsed}, {"rule-paused", paused}};
}

// ---- what is known ---------------------------------------------------------------------------

std::vector<std::string> AutoClean::look_again() {
  auto read = parts_.house.journal().auto_state();
  if (!read) return {};
  std::vector<std::string> paused = clean::paused_rules(*read), news;
  std::set_difference(paused.begin(), paused.end(), paused_.begin(), paused_.end(),
                      std::back_inserter(news));
  const bool first = !std::exchange(looked_, true);
  paused_ = std::move(paused);
  kept_items_ = read->undone.size();
  const auto rules = facts(parts_.scans.rules());
  const base::WallTime now = parts_.engine.time().wall_now();
  rehearsed_rules_ = static_cast<std::size_t>(
      std::count_if(read->rules.begin(), read->rules.end(), [&](const auto& standing) {
        const auto rule = rules.find(standing.rule);
        return rule != rules.end() &&
               clean::is_rehearsed(*read, standing.rule, rule->second.print, now);
      }));
  if (first) return {};
  for (const std::string& rule : news)
    spdlog::warn(
        "\"{}\" is not cleaned by itself any more, since it was undone twice; "
        "`lull rules resume {}` lets it go on",
        rule, rule);
  return news;
}

void AutoClean::look_at_volumes() {
  if (!parts_.is_nearly_full) return;
  std::vector<std::string> places = places_;
  places.push_back(parts_.house.directories().home);
  const bool full = scheduler::offload(parts_.engine, parts_.compute.background(), [&] {
    return std::any_of(places.begin(), places.end(), parts_.is_nearly_full);
  });
  if (std::exchange(nearly_full_, full) == full) return;
  if (interval_observer_) interval_observer_(full ? kIntervalWhenFull : kInterval);
}

Status AutoClean::write(const std::function<Status(clean::AutoJournal&)>& act) {
  const auto journal = parts_.house.journal().autos();
  if (!journal) return tl::unexpected(journal.error());
  return scheduler::offload(parts_.engine, parts_.compute.background(),
                            [&] { return act(**journal); });
}

Status AutoClean::resume(const std::string& rule) {
  (void)look_again();
  if (std::find(paused_.begin(), paused_.end(), rule) == paused_.end())
    return base::fail(base::ErrorCode::kNotFound,
                      "\"" + rule + "\" does not pause" +
                          (paused_.empty() ? std::string() : "; these do: " + joined(paused_)));
  LULL_TRY(write([&](clean::AutoJournal& journal) { return journal.forgive(rule); }));
  (void)look_again();
  return {};
}

std::vector<std::string> AutoClean::categories() const {
  std::vector<std::string> ids;
  const auto& tiers = parts_.settings.clean.tiers;
  if (std::find(tiers.begin(), tiers.end(), model::tier_name(model::Tier::kSafe)) == tiers.end())
    return ids;
  for (const scan::Rule& rule : parts_.scans.rules().rules.rules())
    if (rule.tier == model::Tier::kSafe && !scan::is_about_trash(rule)) ids.push_back(rule.id);
  return ids;
}

std::map<std::string, clean::RuleFact> AutoClean::facts(const scan::LoadedRules& rules) const {
  std::map<std::string, clean::RuleFact> facts;
  for (const scan::Rule& rule : rules.rules.rules())
    facts[rule.id] = {scan::rule_print(rule), rule.tier};
  return facts;
}

// ---- a run -----------------------------------------------------------------------------------

JobResult AutoClean::run(scheduler::JobContext& context) {
  const clean::AutoMode mode = clean::auto_mode(parts_.settings.automation.clean);
  if (mode == clean::AutoMode::kOff) return {Outcome::kDone, "automation.clean is off", ""};
  JobResult result = act(context, mode);
  (void)look_again();
  look_at_volumes();
  return result;
}

JobResult AutoClean::act(scheduler::JobContext& context, clean::AutoMode mode) {
  Work work;
  work.started_at = parts_.engine.time().wall_now();
  work.begun = parts_.engine.now();
  work.used = platform::own_use();
  work.mode = mode;
  const auto ids = categories();
  if (ids.empty()) return {Outcome::kDone, "clean.tiers leaves out \"safe\"", ""};
  const auto rules = parts_.scans.held_rules();
  const std::string basis = parts_.clean.basis();
  auto report = parts_.scans.scan_within(context, ids);
  if (!report) return {Outcome::kFailed, report.error().to_string(), ""};
  if (report->partial) return {Outcome::kCancelled, "stopped while looking; nothing moved", ""};
  work.report = *std::move(report);
  work.facts = facts(*rules);
  clean::PlanMaking making =
      parts_.clean.plan_of(work.report, *rules, basis, parts_.compute.background());
  work.left_out = std::move(making.left_out);
  auto state = parts_.house.journal().auto_state();
  if (!state) return {Outcome::kFailed, state.error().to_string(), ""};
  work.state = *std::move(state);
  work.decision =
      clean::decide({mode, work.state, work.facts, making.plan, parts_.engine.time().wall_now()});
  std::set<std::string> places;
  for (const clean::PlanItem& item : making.plan.items) places.insert(item.root);
  places_.assign(places.begin(), places.end());
  // What is shown comes after what moves: what has moved by then is not what was shown here.
  const Status moved = move(work, context);
  if (const Status shown = rehearse(work); !shown)
    return {Outcome::kFailed, shown.error().to_string(), ""};
  if (!moved)
    return {
        moved.error().code == base::ErrorCode::kCancelled ? Outcome::kCancelled : Outcome::kFailed,
        moved.error().to_string(), ""};
  finish(work);
  return auto_clean_result(work.decision, work.moved);
}

Status AutoClean::rehearse(Work& work) {
  const auto& items = work.decision.rehearse;
  if (items.empty()) return {};
  std::vector<model::RuleStanding> standings;
  for (const clean::RuleSum& sum : clean::sums_by_rule(items)) {
    standings.push_back({sum.rule, work.facts.at(sum.rule).print, work.started_at, 0});
    work.news.shown_rules.push_back(sum.rule);
    work.news.shown_items += sum.items;
    work.news.shown_bytes += sum.bytes;
  }
  model::HistoryEntry entry;
  entry.kind = "clean";
  entry.origin = "rehearsal";
  entry.started_at = work.started_at;
  entry.elapsed = parts_.engine.now() - work.begun;
  entry.items = work.news.shown_items;
  entry.bytes = work.news.shown_bytes;
  entry.outcome = "done";
  entry.summary = rehearsal_summary(work.news, work.mode == clean::AutoMode::kOn);
  RunNotes notes;
  notes.add_rehearsed(items, work.report);
  notes.add_left(work.decision.left, work.left_out);
  Status written = write([&](clean::AutoJournal& journal) -> Status {
    const auto run = journal.add_rehearsal(entry, standings, notes.list());
    if (!run) return tl::unexpected(run.error());
    work.news.rehearsal = *run;
    return {};
  });
  if (!written) return written;
  save_usage(work, work.news.rehearsal);
  spdlog::info("cleaning by itself: {}; `lull history {}` lists it", entry.summary,
               work.news.rehearsal);
  return {};
}

Status AutoClean::move(Work& work, const scheduler::JobContext& context) {
  if (work.decision.move.items.empty()) return {};
  {
    const auto turn = parts_.house.enter(context.cancel);
    if (!turn) return tl::unexpected(turn.error());
    if (clean::auto_mode(parts_.settings.automation.clean) != clean::AutoMode::kOn)
      return base::fail(base::ErrorCode::kCancelled, "automation.clean is not \"on\" any more");
    // Rules and keep list are asked again for every item; of a changed set nothing was shown.
    if (work.decision.move.basis != parts_.clean.basis())
      return base::fail(base::ErrorCode::kUnavailable,
                        "the rules or the keep list changed while it looked");
    auto result = parts_.clean.move(context, work.decision.move, *turn, "automatic");
    if (!result) return tl::unexpected(std::move(result).error());
    work.moved = *std::move(result);
  }
  const clean::CleanResult& moved = *work.moved;
  RunNotes notes;
  notes.add_skipped(work.report);
  notes.add_left(work.decision.left, work.left_out);
  const Status noted = write(
      [&](clean::AutoJournal& journal) { return journal.add_notes(moved.run, notes.list()); });
  if (!noted)
    spdlog::warn("what run {} left is not noted: {}", moved.run, noted.error().to_string());
  save_usage(work, moved.run);
  parts_.house.journal().look_again();
  if (!moved.moved.empty()) parts_.clean.tell_moved(work.decision.move);
  return {};
}

void AutoClean::save_usage(const Work& work, std::int64_t run) {
  const auto usage = usage_since(work.used, parts_.on_battery && parts_.on_battery());
  if (!usage) return;
  const Status saved =
      write([&](clean::AutoJournal& journal) { return journal.save_usage(run, *usage); });
  if (!saved) spdlog::warn("what run {} has cost is not noted: {}", run, saved.error().to_string());
}

void AutoClean::finish(const Work& work) {
  if (!work.decision.doubt.empty()) spdlog::warn("cleaning by itself: {}", work.decision.doubt);
  const base::WallTime now = parts_.engine.time().wall_now();
  if (const Status seen =
          write([&](clean::AutoJournal& journal) { return journal.save_seen(now); });
      !seen)
    spdlog::warn("the time of this run is not noted: {}", seen.error().to_string());
}

}  // namespace lull::agent
