// SPDX-License-Identifier: MIT
#include "core/relief/inactive_memory.h"

#include <algorithm>

#include "core/base/count_text.h"
#include "core/relief/policy_amounts.h"
#include "core/relief/policy_memory.h"

namespace lull::relief {
namespace {

std::int64_t change(std::uint64_t before, std::uint64_t after) {
  return static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
}

std::uint64_t fall(std::uint64_t before, std::uint64_t after) {
  return before - std::min(before, after);
}

std::string apps(std::size_t count) { return base::count_text(count, "app"); }

// Why the app is not taken from; the first reason that holds.
enum class Held : std::uint8_t { kNot, kKept, kBusy, kSmall, kAlone, kDenied, kMost };
Held held_by(const ScopeUse& scope, const ReliefState& state, base::SteadyTime now) {
  if (is_eligible(scope, state, now)) return Held::kNot;
  if (scope.kept) return Held::kKept;
  if (scope.idle_for < kIdleFor || scope.reading.stalled_avg60_percent.value_or(0) > 0)
    return Held::kBusy;
  if (scope.reading.current_bytes < kLeastScope) return Held::kSmall;
  const auto* taken = find_taken(state, scope.reading.cgroup_id);
  return taken != nullptr && taken->denied ? Held::kDenied : Held::kAlone;
}

std::string held_words(const std::array<std::size_t, static_cast<std::size_t>(Held::kMost)>& held,
                       std::size_t all) {
  static constexpr std::array<std::string_view, static_cast<std::size_t>(Held::kMost)> kWords = {
      "with nothing left to take", "left alone (in front, a terminal, an idle inhibitor, excluded)",
      "not idle for ten minutes",  "too small to matter",
      "taken from lately",         "not ours to ask"};
  std::string words;
  for (std::size_t at = 0; at < held.size(); ++at)
    if (held[at] > 0)
      words +=
          (words.empty() ? "" : ", ") + std::to_string(held[at]) + " " + std::string(kWords[at]);
  return "of " + apps(all) + ": " + words;
}

std::string swap_words(const ReliefSample& sample) {
  if (sample.swap == SwapKind::kNone) return "; there is no swap with room";
  if (sample.swap == SwapKind::kRotational) return "; swap is on a slow disk";
  if (!swap_may_take(sample)) return "; swap should take no more";
  return {};
}

OperationVerdict of_nothing(const ReclaimLedger& ledger, const ReclaimEnd& end) {
  switch (end.reason) {
    case ReliefReason::kAtTarget: {
      const auto& memory = ledger.last();
      return without_bytes(
          ReliefOutcome::kNoEffect,
          memory ? base::format_bytes(memory->available_bytes) + " are available, and " +
                       base::format_bytes(target_bytes(*memory, end.settings)) + " are enough"
                 : "enough is available");
    }
    case ReliefReason::kCalm:
      return without_bytes(ReliefOutcome::kNoEffect, "the machine is calm");
    case ReliefReason::kCritical:
      return without_bytes(ReliefOutcome::kSkipped,
                           "the machine is stalling: swapping out now would add to it");
    case ReliefReason::kStalled:
      return without_bytes(ReliefOutcome::kSkipped, "others wait for memory or the disk");
    case ReliefReason::kCoolingDown:
      return without_bytes(ReliefOutcome::kSkipped, "the last run was not long ago");
    case ReliefReason::kCancelled:
      return without_bytes(ReliefOutcome::kSkipped, "it was stopped");
    default:
      break;
  }
  return without_bytes(end.can_reclaim ? ReliefOutcome::kSkipped : ReliefOutcome::kUnavailable,
                       (end.no_lever.empty() ? "nothing may be taken" : end.no_lever) +
                           (end.largest.empty() ? "" : "; the largest apps: " + end.largest));
}

std::string end_words(ReliefReason reason) {
  if (reason == ReliefReason::kHurt) return "; stopped, since it was wanted back";
  if (reason == ReliefReason::kStalled) return "; stopped, since others stalled";
  if (reason == ReliefReason::kCancelled) return "; stopped on request";
  if (reason == ReliefReason::kUserBack) return "; stopped, since somebody is back";
  return {};
}

OperationVerdict of_what_was_taken(const ReclaimLedger& ledger, const ReclaimEnd& end) {
  const std::uint64_t gave = ledger.given_bytes();
  const std::int64_t rose = std::max(ledger.available_change(), ledger.free_change());
  const std::string from = base::format_bytes(gave) + " went from " + apps(ledger.taken().size()) +
                           " that " + (ledger.taken().size() == 1 ? "was" : "were") + " idle";
  if (gave < kNoiseBytes)
    return without_bytes(ReliefOutcome::kNoEffect,
                         "idle apps gave nothing up" + end_words(end.reason));
  const std::uint64_t claim = std::min(gave, rose > 0 ? static_cast<std::uint64_t>(rose) : 0);
  const std::string swapped = ", " + base::format_bytes(ledger.swapped_out_bytes()) + " to swap";
  if (claim < kNoiseBytes)
    return without_bytes(
        ReliefOutcome::kUnproven,
        from + swapped + ", and others took as much meanwhile" + end_words(end.reason));
  return freed(claim, from + swapped + end_words(end.reason));
}

}  // namespace

void ReclaimLedger::note(const ReliefSample& sample) {
  if (taken_.empty()) {  // what the steps before gave is not the apps'
    first_ = sample.memory;
    swapped_first_ = sample.swapped_out_bytes;
  }
  overshoots_ = sample.levers.reclaim_overshoots;
  last_ = sample.memory;
  swapped_last_ = std::max(swapped_first_, sample.swapped_out_bytes);
  scopes_ = sample.scopes;
  for (Taken& taken : taken_)
    if (const ScopeUse* scope = find_scope(sample, taken.cgroup_id)) {
      taken.after = scope->reading.current_bytes;
      taken.reclaimed_after = scope->reading.pages_reclaimed;
    }
}

void ReclaimLedger::ask(const ReliefAction& action) {
  predicted_ += action.bytes;
  const std::uint64_t may_give = action.bytes * (overshoots_ ? kMostOvershoot : 1);
  for (Taken& taken : taken_)
    if (taken.cgroup_id == action.cgroup_id) {
      taken.may_give += may_give;
      return;
    }
  for (const ScopeUse& scope : scopes_) {
    const model::ScopeReading& now = scope.reading;
    if (now.cgroup_id == action.cgroup_id)
      taken_.push_back({action.unit, action.cgroup_id, now.current_bytes, now.current_bytes,
                        now.pages_reclaimed, now.pages_reclaimed, may_give});
  }
}

std::uint64_t ReclaimLedger::given_by(const Taken& taken) const {
  const std::uint64_t pages = fall(taken.reclaimed_after, taken.reclaimed_before);
  return std::min({fall(taken.before, taken.after), pages * page_bytes_, taken.may_give});
}

std::uint64_t ReclaimLedger::given_bytes() const {
  std::uint64_t sum = 0;
  for (const Taken& taken : taken_) sum += given_by(taken);
  return sum;
}

std::uint64_t ReclaimLedger::still_given(const ReclaimLedger& then, std::uint64_t gave) const {
  std::uint64_t sum = 0;
  for (const Taken& before : then.taken_)
    for (const Taken& taken : taken_)
      if (taken.cgroup_id == before.cgroup_id)
        sum += fall(then.given_by(before), fall(taken.after, before.after));
  return std::min(sum, gave);
}

std::int64_t ReclaimLedger::available_change() const {
  return first_ ? change(first_->available_bytes, last_->available_bytes) : 0;
}

std::int64_t ReclaimLedger::free_change() const {
  return first_ ? change(first_->free_bytes, last_->free_bytes) : 0;
}

std::string no_lever_words(const ReliefSample& sample, const ReliefState& state,
                           base::SteadyTime now, const std::string& unavailable) {
  if (!sample.levers.reclaim) return unavailable.empty() ? "no app can be asked here" : unavailable;
  if (sample.scopes.empty()) return "no app runs below the user's own manager";
  std::array<std::size_t, static_cast<std::size_t>(Held::kMost)> held{};
  for (const ScopeUse& scope : sample.scopes)
    ++held[static_cast<std::size_t>(held_by(scope, state, now))];
  return held_words(held, sample.scopes.size()) +
         (held[static_cast<std::size_t>(Held::kNot)] > 0 ? swap_words(sample) : "");
}

OperationVerdict inactive_memory_verdict(const ReclaimLedger& ledger, const ReclaimEnd& end) {
  if (ledger.empty()) return of_nothing(ledger, end);
  OperationVerdict verdict = of_what_was_taken(ledger, end);
  verdict.predicted_bytes = ledger.predicted_bytes();
  return verdict;
}

}  // namespace lull::relief
