// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include "core/relief/policy.h"

// How much, and from whom. Pure parts of the policy.
namespace lull::relief {

// Bytes that should be available: the set share, and 512 MiB or a half of a small machine.
std::uint64_t target_bytes(const model::MemorySample& memory, const ReliefSettings& settings);
// Anticipation begins under twice the target's share (20 % as set at first), and aims at it.
std::uint64_t anticipated_bytes(const model::MemorySample& memory, const ReliefSettings& settings);
// A quarter of the largest chunk above 90 % used, half above 75 %, else the whole; always the whole
// without adaptive_memory.
std::uint64_t chunk_bytes(const model::MemorySample& memory, const ReliefSettings& settings);

// Whether swap may take more: there is some, not a turning disk's, less than 80 % of it is used, a
// battery is not nearly empty (memory costs it nothing), and zram is worth it.
bool swap_may_take(const ReliefSample& sample);

// Whether the app may be taken from at all: idle for long, large, not stalling, not kept, and not
// lately taken from (or with harm).
bool is_eligible(const ScopeUse& scope, const ReliefState& state, base::SteadyTime now);

// Of an eligible app, whole pages; 0 if it is not worth a round.
std::uint64_t file_amount(const ScopeUse& scope, std::uint64_t chunk);
std::uint64_t anonymous_amount(const ScopeUse& scope, std::uint64_t chunk,
                               const ReliefSample& sample, std::uint64_t target,
                               std::uint64_t hour_left);

}  // namespace lull::relief
