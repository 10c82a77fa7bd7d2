// SPDX-License-Identifier: MIT
// What relief writes down, and what its jobs wait for.
#include <algorithm>
#include <utility>

#include "agent/services/relief_service.h"
#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/relief/largest_apps.h"
#include "core/relief/policy_amounts.h"
#include "core/relief/policy_memory.h"

namespace lull::agent {
namespace {

using model::PressureLevel;
using relief::OperationVerdict;
using relief::ReliefOutcome;
using scheduler::ConditionState;

// What apps gave may be wanted back: whether it lasts is said once, this long after.
constexpr auto kLastsFor = std::chrono::seconds(60);

}  // namespace

// ---- the journal --------------------------------------------------------------------------------

void ReliefService::record(const Deeds& deeds, model::HistoryEntry entry) {
  std::vector<std::pair<std::string, OperationVerdict>> parts;
  if (deeds.shed) parts.emplace_back("own caches and heap", relief::verdict_of(*deeds.shed));
  if (deeds.files) parts.emplace_back("finished files", *deeds.files);
  if (deeds.stale) parts.emplace_back("stale files in memory", *deeds.stale);
  std::uint64_t apps_gave = 0;
  if (!deeds.ledger.empty()) {
    const auto& of_apps =
        parts.emplace_back("idle apps", relief::inactive_memory_verdict(deeds.ledger, deeds.end));
    apps_gave = of_apps.second.bytes;
    entry.predicted_bytes = of_apps.second.predicted_bytes;
    entry.idle_apps_bytes = apps_gave;
  }
  entry.kind = "relief";
  entry.outcome = model::relief_outcome_name(ReliefOutcome::kUnproven);
  for (const auto& [what, verdict] : parts) {
    ++entry.items;
    entry.bytes += verdict.bytes;
    if (entry.items == 1 || verdict.bytes > 0)
      entry.outcome = model::relief_outcome_name(verdict.outcome);
    entry.summary += (entry.summary.empty() ? "" : "; ") + what + ": " + verdict.reason +
                     relief::predicted_words(verdict.predicted_bytes);
  }
  if (deeds.question)
    entry.summary += (entry.summary.empty() ? "asked" : "; asked") + std::string(" what to close");
  const RunKey run{entry.kind, entry.started_at};
  journal_.add_run(std::move(entry));
  if (apps_gave > 0) look_again_later(deeds.ledger, apps_gave, run);
}

void ReliefService::look_again_later(relief::ReclaimLedger then, std::uint64_t gave, RunKey run) {
  later_.spawn("still free", [this, then = std::move(then), gave,
                              run = std::move(run)](const base::CancelToken& cancel) {
    if (engine_.sleep_for(kLastsFor, {}, cancel) == scheduler::Wake::kCancelled) return;
    const auto now = senses_.take();
    if (!now) return;
    relief::ReclaimLedger later = then;
    later.note(*now);
    journal_.note_still_free(run.kind, run.started_at, later.still_given(then, gave));
  });
}

// The journal goes by the clock on the wall, which may have been set since: never longer than a
// day from now.
void ReliefService::load_alone() {
  const base::SteadyTime now = engine_.now();
  const base::WallTime today = engine_.time().wall_now();
  for (const clean::StoredLeftAlone& one : journal_.left_alone()) {
    const base::Duration left = std::min<base::Duration>(one.until - today, relief::kAloneFor);
    if (left > base::Duration::zero() && state_.alone.size() < relief::kMostAlone)
      state_.alone.push_back({one.app, now + left});
  }
}

void ReliefService::save_alone() {
  if (std::exchange(alone_saved_, state_.alone_news) == state_.alone_news) return;
  const base::SteadyTime now = engine_.now();
  const base::WallTime today = engine_.time().wall_now();
  std::vector<clean::StoredLeftAlone> apps;
  for (const auto& one : state_.alone)
    apps.push_back(
        {one.app, today + std::chrono::duration_cast<base::WallTime::duration>(one.until - now)});
  journal_.save_left_alone(std::move(apps));
}

void ReliefService::forget() { state_.alone.clear(); }

// ---- conditions ---------------------------------------------------------------------------------

ConditionState ReliefService::calm() const {
  const auto level = senses_.level();
  const bool noticed = senses_.noticed_now();
  std::string value = level ? std::string(model::pressure_level_name(*level)) : "unknown";
  if (level && senses_.is_by_available()) value += ", by available memory";
  if (noticed) value += ", some stall";
  return {running_ || noticed || level.value_or(PressureLevel::kNormal) != PressureLevel::kNormal,
          std::move(value), "memory pressure"};
}

// Holds nothing back: `lull why relief` says what a person could close where nothing else helps.
ConditionState ReliefService::largest_apps() const {
  const auto& apps = senses_.largest_apps();
  return {true,
          !apps           ? "unknown"
          : apps->empty() ? "none"
                          : relief::largest_apps_text(*apps),
          "for your information"};
}

ConditionState ReliefService::cooling_down() const {
  const base::SteadyTime now = engine_.now();
  const auto level = senses_.level().value_or(PressureLevel::kNormal);
  const bool met = running_ || now >= rest_until_ || level > rest_level_;
  return {met, met ? "no" : "for " + base::format_duration(rest_until_ - now),
          "some time after the last run"};
}

ConditionState ReliefService::enough_available() {
  const auto memory = monitor_.memory();
  if (!memory) return {false, "unknown", "little available"};
  const base::SteadyTime now = engine_.now();
  const auto settings = senses_.policy_settings();
  relief::note_room(state_, *memory, now, settings);
  if (senses_.apps_are_due() && looks_.size() == 0)
    looks_.spawn("look at apps", [this](const base::CancelToken&) { senses_.look_at_apps(); });
  const bool is_cooling = state_.cool_until && now < *state_.cool_until;
  const bool is_low = state_.low_since && now - *state_.low_since >= relief::kLowFor;
  return {running_ || (is_low && !is_cooling && senses_.facilities().reclaim != nullptr),
          base::format_bytes(memory->available_bytes) + " available",
          "under " + base::format_bytes(relief::anticipated_bytes(*memory, settings)) + " for " +
              base::format_duration(relief::kLowFor)};
}

}  // namespace lull::agent
