// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include "core/relief/policy.h"

// What the policy learns: apps that want back what was taken, how long to keep still, what swap had
// to take. Pure.
namespace lull::relief {

// What is known of an app that was taken from; nullptr if it was not. state.taken is kept in order.
const ReliefState::Taken* find_taken(const ReliefState& state, std::uint64_t cgroup_id);
// nullptr if the app is not in the sample.
const ScopeUse* find_scope(const ReliefSample& sample, std::uint64_t cgroup_id);
// Whether the kernel may have taken something.
bool has_taken(platform::ReclaimOutcome outcome);

// Each step first: the result that came, apps whose pages came back, since when memory is low and
// pressure lasts, the hour's budget; what is long past is forgotten.
void keep_memory(ReliefState& state, const ReliefSample& sample, base::SteadyTime now,
                 const ReliefSettings& settings);

// Since when little is available; asked of whoever looks at memory between the steps, too.
void note_room(ReliefState& state, const model::MemorySample& memory, base::SteadyTime now,
               const ReliefSettings& settings);

// An app was taken from. True if it wants that back already: it is left alone for a day.
bool remember(ReliefState& state, const ReliefSample& sample, const ReliefState::Pending& done,
              base::SteadyTime now);
// It can never be taken from.
void deny(ReliefState& state, std::uint64_t cgroup_id, base::SteadyTime now);
// Whether an app of that name is to be left alone, whichever instance it is.
bool is_alone(const ReliefState& state, const std::string& unit, base::SteadyTime now);
// Bytes that the machine swapped out since the step was asked for.
std::uint64_t swapped_out_since(const ReliefState::Pending& asked, const ReliefSample& sample);
// What swap took: what was asked, or what the machine swapped out, whichever is more.
void charge(ReliefState& state, const ReliefSample& sample, const ReliefState::Pending& done);

// The run is over. The time to keep still doubles (to an hour at most) if it did little or harm,
// and is short again after one that reached something. A run that a person asked for only counts if
// it did harm: asking often does not make the machine wait.
void finish_run(ReliefState& state, const ReliefSample& sample, ReliefReason reason,
                base::SteadyTime now);

}  // namespace lull::relief
