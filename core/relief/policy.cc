// SPDX-License-Identifier: MIT
#include "core/relief/policy.h"

#include <algorithm>

#include "core/relief/policy_amounts.h"
#include "core/relief/policy_memory.h"

namespace lull::relief {
namespace {

using Mode = ReliefState::Mode;
using model::PressureLevel;
using platform::ReclaimOutcome;

// From what costs nothing to what costs the user something.
constexpr std::array kLadder = {
    ReliefStep::kShed,        ReliefStep::kDropStreams,      ReliefStep::kMoveStale,
    ReliefStep::kReclaimFile, ReliefStep::kReclaimAnonymous, ReliefStep::kAsk};
constexpr std::uint64_t kLeastStreams = 8 * base::kMiB;
constexpr std::uint64_t kLeastStale = base::kMiB;
constexpr std::uint64_t kWrite = 16 * base::kMiB;
constexpr std::uint64_t kOvershootingWrite = 4 * base::kMiB;

constexpr ReliefReason reason_of(Mode mode) {
  if (mode == Mode::kAnticipation) return ReliefReason::kAnticipation;
  return mode == Mode::kRequest ? ReliefReason::kRequested : ReliefReason::kRaised;
}
constexpr base::Duration deadline_of(Mode mode) {
  if (mode == Mode::kAnticipation) return kBackgroundDeadline;
  return mode == Mode::kRequest ? base::Duration(kRequestDeadline) : base::Duration(kRunDeadline);
}
constexpr bool is_reclaim(ReliefStep step) {
  return step == ReliefStep::kReclaimFile || step == ReliefStep::kReclaimAnonymous;
}

// Percent of the time between two readings in which something stalled; nullopt under 2 s.
std::optional<double> stall_percent(const std::optional<model::PressureReading>& before,
                                    const std::optional<model::PressureReading>& after) {
  if (!before || !after || after->taken_at - before->taken_at < kSettle ||
      after->some_total_us < before->some_total_us)
    return std::nullopt;
  return static_cast<double>(after->some_total_us - before->some_total_us) /
         (base::to_seconds(after->taken_at - before->taken_at) * 1e4);
}

bool is_restless(const std::optional<model::PressureReading>& stall) {
  return stall && std::max(stall->some_avg10, stall->some_avg60) > kBackgroundStallPercent;
}

class Stepper {
 public:
  Stepper(ReliefState& state, const ReliefSample& sample, base::SteadyTime now,
          const ReliefSettings& settings)
      : state_(state), sample_(sample), now_(now), settings_(settings) {}

  ReliefAction step() {
    keep_memory(state_, sample_, now_, settings_);
    if (sample_.cancelled)
      return state_.run ? end(ReliefReason::kCancelled)
                        : nothing(ReliefReason::kCancelled, std::nullopt);
    if (sample_.taken_at > now_ || now_ - sample_.taken_at > kSampleFresh)
      return wait(ReliefReason::kNotFresh, now_);
    return state_.run ? go_on() : begin();
  }

 private:
  // --- without a run

  ReliefAction begin() {
    if (is(PressureLevel::kCritical)) return critical();
    if (sample_.requested) {
      if (sample_.memory.available_bytes >= target_bytes(sample_.memory, settings_))
        return nothing(ReliefReason::kAtTarget, std::nullopt);
      return start(Mode::kRequest);
    }
    const bool is_cooling = state_.cool_until && now_ < *state_.cool_until;
    if (is(PressureLevel::kWarning) || sample_.noticed) {
      if (!is_cooling) return start(Mode::kPressure);
      // A slight stall alone does not empty our caches each minute.
      if (!is(PressureLevel::kWarning))
        return nothing(ReliefReason::kCoolingDown, state_.cool_until);
      if (is_due(state_.shed_at, kShedGap)) return shed(ReliefReason::kRaised);
      return nothing(ReliefReason::kCoolingDown,
                     std::min(*state_.cool_until, *state_.shed_at + kShedGap));
    }
    if (!may_anticipate()) return nothing(ReliefReason::kCalm, std::nullopt);
    if (is_cooling) return nothing(ReliefReason::kCoolingDown, state_.cool_until);
    if (now_ - *state_.low_since < kLowFor)
      return nothing(ReliefReason::kCalm, *state_.low_since + kLowFor);
    if (is_restless(sample_.stall) || is_restless(sample_.io_stall))
      return nothing(ReliefReason::kStalled, std::nullopt);
    return start(Mode::kAnticipation);
  }

  bool may_anticipate() const {
    return state_.low_since && sample_.machine_idle && sample_.on_mains && sample_.levers.reclaim;
  }

  // Swapping out under thrash adds to it: our own house, a question, and out of the way.
  ReliefAction critical() {
    if (is_due(state_.shed_at, kShedGap)) return shed(ReliefReason::kCritical);
    if (is_due(state_.asked_at, kAskGap)) return ask(ReliefReason::kCritical);
    return nothing(ReliefReason::kCritical,
                   std::min(*state_.shed_at + kShedGap, *state_.asked_at + kAskGap));
  }

  ReliefAction start(Mode mode) {
    state_.run = ReliefState::Run{};
    state_.run->mode = mode;
    state_.run->began_at = now_;
    return climb();
  }

  // --- with one

  ReliefAction go_on() {
    ReliefState::Run& run = *state_.run;
    const bool is_background = run.mode == Mode::kAnticipation;
    if (is(PressureLevel::kCritical)) return end(ReliefReason::kCritical);
    if (now_ - run.began_at >= deadline_of(run.mode)) return end(ReliefReason::kDeadline);
    if (is_background && !(sample_.machine_idle && sample_.on_mains))
      return end(ReliefReason::kUserBack);
    if (run.paused_until && now_ < *run.paused_until)
      return wait(ReliefReason::kStalled, *run.paused_until);
    run.paused_until.reset();
    if (run.pending)
      if (const auto held = judge(*run.pending)) return *held;
    if (is_at_target()) return end(ReliefReason::kAtTarget);
    if (run.mode == Mode::kPressure && is(PressureLevel::kNormal) && !sample_.noticed)
      return end(ReliefReason::kCalm);
    return climb();
  }

  // What became of the step before. Something to return instead of going on, or nothing.
  std::optional<ReliefAction> judge(const ReliefState::Pending& asked) {
    if (!asked.result) return wait(ReliefReason::kAwaitingResult, now_ + kSettle);
    const bool took = !is_reclaim(asked.step) || has_taken(asked.result->outcome);
    const base::Duration settle = took ? settle_time(asked) : base::Duration::zero();
    const base::SteadyTime settled = asked.result->ended_at + settle;
    if (sample_.taken_at < settled) return wait(ReliefReason::kSettling, settled);
    const ReliefState::Pending done = asked;
    state_.run->pending.reset();
    if (is_reclaim(done.step))
      if (const auto reason = judge_reclaim(done)) return end(*reason);
    return took ? pause_if_stalled() : std::nullopt;
  }

  std::optional<ReliefReason> judge_reclaim(const ReliefState::Pending& done) {
    const ReclaimOutcome outcome = done.result->outcome;
    if (has_taken(outcome)) {
      ++state_.run->rounds;
      charge(state_, sample_, done);
      if (remember(state_, sample_, done, now_)) return ReliefReason::kHurt;
    }
    if (outcome == ReclaimOutcome::kDenied || outcome == ReclaimOutcome::kNoLever)
      deny(state_, done.cgroup_id, now_);
    if (outcome == ReclaimOutcome::kNotAccepted && done.step == ReliefStep::kReclaimFile)
      state_.takes_swappiness = false;
    const bool is_little = gain_of(done) < done.bytes / 10;
    if (outcome == ReclaimOutcome::kReclaimed && is_little &&
        done.step == ReliefStep::kReclaimAnonymous)
      return is_at_target() ? ReliefReason::kAtTarget : ReliefReason::kLittle;
    if ((outcome != ReclaimOutcome::kReclaimed && outcome != ReclaimOutcome::kInterrupted) ||
        is_little)
      state_.run->spent.push_back(done.cgroup_id);
    return std::nullopt;
  }

  // File pages counted as available before they went, and a round of anticipation is smaller than
  // what the machine's figure moves by itself: there the app's own figure tells.
  std::uint64_t gain_of(const ReliefState::Pending& done) const {
    const auto rise = [](std::uint64_t from, std::uint64_t to) {
      return to > from ? to - from : 0;
    };
    if (done.step == ReliefStep::kReclaimAnonymous && state_.run->mode != Mode::kAnticipation)
      return rise(done.available_before, sample_.memory.available_bytes);
    const ScopeUse* scope = find_scope(sample_, done.cgroup_id);
    return scope == nullptr ? 0 : rise(scope->reading.current_bytes, done.scope_before);
  }

  // Over two seconds and more, and to be tried again: a short stall of others is noise.
  std::optional<ReliefAction> pause_if_stalled() {
    ReliefState::Run& run = *state_.run;
    const bool is_background = run.mode == Mode::kAnticipation;
    const bool stalls =
        stall_percent(run.stall_base, sample_.stall).value_or(0) > kStallPercent ||
        stall_percent(run.io_base, sample_.io_stall).value_or(0) > kStallPercent ||
        (is_background && (is_restless(sample_.stall) || is_restless(sample_.io_stall)));
    if (!stalls) return std::nullopt;
    if (++run.pauses > kMostPauses) return end(ReliefReason::kStalled);
    run.paused_until = now_ + kPause;
    return wait(ReliefReason::kStalled, *run.paused_until);
  }

  // --- the ladder

  ReliefAction climb() {
    ReliefState::Run& run = *state_.run;
    for (; run.rung < kLadder.size(); ++run.rung, run.spent.clear())
      if (const auto action = offer(kLadder[run.rung])) return *action;
    return end(ReliefReason::kNoLever);
  }

  std::optional<ReliefAction> offer(ReliefStep rung) {
    // On request the cheap steps are operations of their own, beside this one.
    const bool only_apps = state_.run->mode != Mode::kPressure;
    switch (rung) {
      case ReliefStep::kShed:
        if (only_apps || !is_due(state_.shed_at, kShedGap)) return std::nullopt;
        return once(shed(reason()));
      case ReliefStep::kDropStreams:
        if (only_apps || sample_.levers.stream_bytes < kLeastStreams || !more_can_follow())
          return std::nullopt;
        return once({rung, reason(), {}, 0, sample_.levers.stream_bytes, 0, {}, {}});
      case ReliefStep::kMoveStale:
        if (only_apps || !sample_.levers.may_move_stale || sample_.levers.stale_bytes < kLeastStale)
          return std::nullopt;
        return once({rung, reason(), {}, 0, sample_.levers.stale_bytes, 0, {}, {}});
      case ReliefStep::kReclaimFile:
      case ReliefStep::kReclaimAnonymous:
        return may_reclaim(rung) ? reclaim(rung) : std::nullopt;
      case ReliefStep::kAsk:
        if (state_.run->mode != Mode::kPressure || !state_.warned_since ||
            now_ - *state_.warned_since < kAskAfter || !is_due(state_.asked_at, kAskGap))
          return std::nullopt;
        ++state_.run->rung;
        return ask(reason());
      default:
        return std::nullopt;
    }
  }

  bool may_reclaim(ReliefStep rung) const {
    if (!sample_.levers.reclaim) return false;
    // Without swap the kernel can only take file pages, whether it knows the word or not.
    if (rung == ReliefStep::kReclaimFile)
      return state_.takes_swappiness || sample_.swap == SwapKind::kNone;
    return swap_may_take(sample_) &&
           (state_.run->mode != Mode::kPressure || is(PressureLevel::kWarning));
  }

  // Dropping caches alone did not help an arrival that does not fit, and looked worse.
  bool more_can_follow() const {
    return is_at_target() ||
           (sample_.levers.reclaim &&
            std::any_of(sample_.scopes.begin(), sample_.scopes.end(),
                        [&](const ScopeUse& scope) { return is_eligible(scope, state_, now_); }));
  }

  std::optional<ReliefAction> reclaim(ReliefStep rung) {
    std::uint64_t bytes = 0;
    const ScopeUse* coldest = find_coldest(rung, bytes);
    if (coldest == nullptr) return std::nullopt;
    if (state_.run->mode != Mode::kAnticipation && state_.run->rounds >= kMostRounds)
      return end(ReliefReason::kRounds);
    const bool file_only = rung == ReliefStep::kReclaimFile && state_.takes_swappiness;
    ReliefAction action{rung,
                        reason(),
                        coldest->reading.unit,
                        coldest->reading.cgroup_id,
                        bytes,
                        sample_.levers.reclaim_overshoots ? kOvershootingWrite : kWrite,
                        file_only ? std::optional<unsigned>(0) : std::nullopt,
                        {}};
    await(action, coldest);
    return action;
  }

  const ScopeUse* find_coldest(ReliefStep rung, std::uint64_t& bytes) const {
    const ScopeUse* coldest = nullptr;
    for (const ScopeUse& scope : sample_.scopes) {
      if (coldest != nullptr && scope.idle_for <= coldest->idle_for) continue;
      const std::uint64_t amount = amount_of(rung, scope);
      if (amount == 0 || is_spent(scope.reading.cgroup_id) || !is_eligible(scope, state_, now_))
        continue;
      coldest = &scope;
      bytes = amount;
    }
    return coldest;
  }

  std::uint64_t amount_of(ReliefStep rung, const ScopeUse& scope) const {
    std::uint64_t chunk = chunk_bytes(sample_.memory, settings_);
    if (state_.run->mode == Mode::kAnticipation) chunk = std::min(chunk, kBackgroundRound);
    if (rung == ReliefStep::kReclaimFile) return file_amount(scope, chunk);
    const std::uint64_t left = kHourlySwapOut - std::min(kHourlySwapOut, state_.swapped_this_hour);
    return anonymous_amount(scope, chunk, sample_, target(), left);
  }

  bool is_spent(std::uint64_t cgroup_id) const {
    const auto& spent = state_.run->spent;
    return std::find(spent.begin(), spent.end(), cgroup_id) != spent.end();
  }

  // --- actions

  ReliefAction once(ReliefAction action) {
    ++state_.run->rung;
    await(action, nullptr);
    return action;
  }

  void await(const ReliefAction& action, const ScopeUse* scope) {
    ReliefState::Run& run = *state_.run;
    run.stall_base = sample_.stall;
    run.io_base = sample_.io_stall;
    run.pending = ReliefState::Pending{};
    run.pending->step = action.step;
    run.pending->bytes = action.bytes;
    run.pending->available_before = sample_.memory.available_bytes;
    run.pending->swapped_out_before = sample_.swapped_out_bytes;
    if (scope == nullptr) return;
    run.pending->cgroup_id = action.cgroup_id;
    run.pending->scope_before = scope->reading.current_bytes;
    run.pending->refaults_before = scope->reading.refaults_anonymous;
    run.pending->swapped_in_before = scope->reading.pages_swapped_in.value_or(0);
  }

  ReliefAction shed(ReliefReason reason) {
    state_.shed_at = now_;
    return {ReliefStep::kShed, reason, {}, 0, 0, 0, {}, {}};
  }

  ReliefAction ask(ReliefReason reason) {
    state_.asked_at = now_;
    ReliefAction action{ReliefStep::kAsk, reason, {}, 0, 0, 0, {}, {}};
    for (const ScopeUse& scope : sample_.scopes) {
      if (scope.reading.current_bytes <= action.bytes) continue;
      action.bytes = scope.reading.current_bytes;
      action.unit = scope.reading.unit;
      action.cgroup_id = scope.reading.cgroup_id;
    }
    return action;
  }

  ReliefAction end(ReliefReason reason) {
    finish_run(state_, sample_, reason, now_);
    return {ReliefStep::kEnd, reason, {}, 0, 0, 0, {}, {}};
  }
  static ReliefAction wait(ReliefReason reason, base::SteadyTime until) {
    return {ReliefStep::kWait, reason, {}, 0, 0, 0, {}, until};
  }
  static ReliefAction nothing(ReliefReason reason, std::optional<base::SteadyTime> until) {
    return {ReliefStep::kNone, reason, {}, 0, 0, 0, {}, until};
  }

  bool is(PressureLevel level) const { return sample_.level == level; }
  bool is_due(const std::optional<base::SteadyTime>& last, base::Duration gap) const {
    return !last || now_ - *last >= gap;
  }
  ReliefReason reason() const { return reason_of(state_.run->mode); }
  // In the background also long enough for what was swapped out, by whomever: endurance of SSDs.
  base::Duration settle_time(const ReliefState::Pending& asked) const {
    if (state_.run->mode != Mode::kAnticipation) return kSettle;
    const std::uint64_t out = swapped_out_since(asked, sample_);
    return std::max<base::Duration>(kBackgroundSettle,
                                    std::chrono::seconds(out / kBackgroundSwapOut));
  }
  bool is_at_target() const { return sample_.memory.available_bytes >= target(); }
  std::uint64_t target() const {
    return state_.run->mode == Mode::kAnticipation ? anticipated_bytes(sample_.memory, settings_)
                                                   : target_bytes(sample_.memory, settings_);
  }

  ReliefState& state_;
  const ReliefSample& sample_;
  const base::SteadyTime now_;
  const ReliefSettings& settings_;
};

}  // namespace

ReliefAction step(ReliefState& state, const ReliefSample& sample, base::SteadyTime now,
                  const ReliefSettings& settings) {
  return Stepper(state, sample, now, settings).step();
}

}  // namespace lull::relief
