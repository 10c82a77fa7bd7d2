// SPDX-License-Identifier: MIT
#include "core/relief/policy_memory.h"

#include <algorithm>

#include "core/relief/app_unit.h"
#include "core/relief/policy_amounts.h"

namespace lull::relief {
namespace {

using platform::ReclaimOutcome;
using Taken = ReliefState::Taken;

constexpr std::size_t kMostTaken = 512;

std::vector<Taken>::const_iterator place_of(const ReliefState& state, std::uint64_t cgroup_id) {
  return std::lower_bound(
      state.taken.begin(), state.taken.end(), cgroup_id,
      [](const Taken& taken, std::uint64_t id) { return taken.cgroup_id < id; });
}

// Room is made by forgetting what is longest past.
Taken& add_taken(ReliefState& state, std::uint64_t cgroup_id) {
  if (state.taken.size() >= kMostTaken)
    state.taken.erase(
        std::min_element(state.taken.begin(), state.taken.end(),
                         [](const Taken& one, const Taken& other) { return one.at < other.at; }));
  Taken taken;
  taken.cgroup_id = cgroup_id;
  return *state.taken.insert(place_of(state, cgroup_id), taken);
}

Taken* find_mutable(ReliefState& state, std::uint64_t cgroup_id) {
  return const_cast<Taken*>(find_taken(state, cgroup_id));
}

bool wants_back(const Taken& taken, const model::ScopeReading& reading) {
  return reading.refaults_anonymous >= taken.refaults + kReturnedPages ||
         reading.pages_swapped_in.value_or(0) > taken.swapped_in;
}

// The one that is over first makes room.
void leave_alone(ReliefState& state, const std::string& unit, base::SteadyTime until) {
  const std::string app = app_title(unit);
  std::erase_if(state.alone, [&](const auto& one) { return one.app == app; });
  if (state.alone.size() >= kMostAlone)
    state.alone.erase(std::min_element(
        state.alone.begin(), state.alone.end(),
        [](const auto& one, const auto& other) { return one.until < other.until; }));
  state.alone.push_back({app, until});
  ++state.alone_news;
}

void watch_returns(ReliefState& state, const ReliefSample& sample, base::SteadyTime now) {
  if (state.taken.empty()) return;
  for (const ScopeUse& scope : sample.scopes) {
    Taken* taken = find_mutable(state, scope.reading.cgroup_id);
    if (taken == nullptr || taken->alone_until || taken->denied || now - taken->at >= kReturnWatch)
      continue;
    if (!wants_back(*taken, scope.reading)) continue;
    taken->alone_until = now + kAloneFor;
    leave_alone(state, scope.reading.unit, *taken->alone_until);
  }
}

void forget_old(ReliefState& state, base::SteadyTime now) {
  std::erase_if(state.alone, [&](const auto& one) { return now >= one.until; });
  std::erase_if(state.taken, [&](const Taken& taken) {
    return !taken.denied && now - taken.at >= kReclaimGap &&
           (!taken.alone_until || now >= *taken.alone_until);
  });
}

void since(std::optional<base::SteadyTime>& begin, bool holds, base::SteadyTime now) {
  if (!holds) begin.reset();
  if (holds && !begin) begin = now;
}

bool did_little_or_harm(ReliefReason reason) {
  return reason == ReliefReason::kLittle || reason == ReliefReason::kHurt ||
         reason == ReliefReason::kStalled || reason == ReliefReason::kNoLever;
}

}  // namespace

const Taken* find_taken(const ReliefState& state, std::uint64_t cgroup_id) {
  const auto found = place_of(state, cgroup_id);
  return found != state.taken.end() && found->cgroup_id == cgroup_id ? &*found : nullptr;
}

const ScopeUse* find_scope(const ReliefSample& sample, std::uint64_t cgroup_id) {
  for (const ScopeUse& scope : sample.scopes)
    if (scope.reading.cgroup_id == cgroup_id) return &scope;
  return nullptr;
}

bool has_taken(ReclaimOutcome outcome) {
  return outcome == ReclaimOutcome::kReclaimed || outcome == ReclaimOutcome::kShort ||
         outcome == ReclaimOutcome::kInterrupted || outcome == ReclaimOutcome::kFailed;
}

void keep_memory(ReliefState& state, const ReliefSample& sample, base::SteadyTime now,
                 const ReliefSettings& settings) {
  if (sample.result && state.run && state.run->pending && !state.run->pending->result)
    state.run->pending->result = sample.result;
  watch_returns(state, sample, now);
  forget_old(state, now);
  note_room(state, sample.memory, now, settings);
  since(state.warned_since,
        sample.level.value_or(model::PressureLevel::kNormal) != model::PressureLevel::kNormal, now);
  if (now - state.hour_began < std::chrono::hours(1)) return;
  state.hour_began = now;
  state.swapped_this_hour = 0;
}

void note_room(ReliefState& state, const model::MemorySample& memory, base::SteadyTime now,
               const ReliefSettings& settings) {
  since(state.low_since, memory.available_bytes < anticipated_bytes(memory, settings), now);
}

bool remember(ReliefState& state, const ReliefSample& sample, const ReliefState::Pending& done,
              base::SteadyTime now) {
  Taken* known = find_mutable(state, done.cgroup_id);
  // Round after round is watched from the first: a little each time is much in the end.
  const bool is_watched = known != nullptr && now - known->at < kReturnWatch;
  Taken& taken = known != nullptr ? *known : add_taken(state, done.cgroup_id);
  taken.at = now;
  if (!is_watched) {
    taken.refaults = done.refaults_before;
    taken.swapped_in = done.swapped_in_before;
  }
  watch_returns(state, sample, now);
  return taken.alone_until.has_value();
}

bool is_alone(const ReliefState& state, const std::string& unit, base::SteadyTime now) {
  if (state.alone.empty()) return false;
  const std::string app = app_title(unit);
  return std::any_of(state.alone.begin(), state.alone.end(),
                     [&](const auto& one) { return one.app == app && now < one.until; });
}

void deny(ReliefState& state, std::uint64_t cgroup_id, base::SteadyTime now) {
  Taken* known = find_mutable(state, cgroup_id);
  Taken& taken = known != nullptr ? *known : add_taken(state, cgroup_id);
  taken.at = now;
  taken.denied = true;
}

std::uint64_t swapped_out_since(const ReliefState::Pending& asked, const ReliefSample& sample) {
  return sample.swapped_out_bytes - std::min(asked.swapped_out_before, sample.swapped_out_bytes);
}

void charge(ReliefState& state, const ReliefSample& sample, const ReliefState::Pending& done) {
  const std::uint64_t out = swapped_out_since(done, sample);
  const std::uint64_t asked = done.step == ReliefStep::kReclaimAnonymous ? done.bytes : 0;
  state.swapped_this_hour += std::max(out, asked);
}

void finish_run(ReliefState& state, const ReliefSample& sample, ReliefReason reason,
                base::SteadyTime now) {
  // What is still under way, or was not judged, is watched all the same.
  const auto& pending = state.run->pending;
  if (pending && pending->cgroup_id != 0 &&
      (!pending->result || has_taken(pending->result->outcome))) {
    charge(state, sample, *pending);
    remember(state, sample, *pending, now);
  }
  const bool was_asked_for = state.run->mode == ReliefState::Mode::kRequest;
  state.run.reset();
  if (was_asked_for && reason != ReliefReason::kHurt) return;
  if (did_little_or_harm(reason))
    state.cool_down = std::min<base::Duration>(2 * state.cool_down, kLongestCoolDown);
  if (reason == ReliefReason::kAtTarget || reason == ReliefReason::kCalm)
    state.cool_down = kFirstCoolDown;
  state.cool_until = now + state.cool_down;
}

}  // namespace lull::relief
