// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/model/memory.h"
#include "core/model/swap.h"
#include "core/relief/operation.h"

// `squeeze`: memory is taken and given back, so that the kernel gives up cache for it. It makes no
// memory *available* (clean cache counted as that before), it was measured to cost up to two
// seconds of stall when done without these guards, and the kernel does the same when memory is
// wanted. So it is off, and where it is allowed (relief.squeeze = "on-request") it is done on a
// person's request alone, only where no app can be asked (no control groups of ours), and ends at
// the first sign of harm. Pure.
namespace lull::relief {

inline constexpr std::uint64_t kLargestSqueeze = 64 * base::kMiB;
inline constexpr double kSqueezeShare = 5;  // percent of memory at a time
inline constexpr int kMostSqueezes = 10;
inline constexpr auto kSqueezeTime = std::chrono::seconds(2);
inline constexpr auto kSqueezeCalm = std::chrono::seconds(10);  // without any stall before it
inline constexpr std::uint64_t kSqueezeStallUs = 10'000;
inline constexpr double kSqueezeSwapPercent = 50;

// All of one moment.
struct SqueezeSample {
  base::SteadyTime taken_at{};
  model::MemorySample memory;
  model::SwapKind swap = model::SwapKind::kNone;
  bool on_mains = true;
  // Since boot, of the machine; nullopt: the kernel does not tell, and then nothing is done.
  std::optional<std::uint64_t> stalled_us, swapped_out_bytes, refaults;
};

struct SqueezeChunk {
  std::uint64_t bytes = 0;
  std::string why_not;  // empty: it may be done
};
// How much may be taken at a time; `before` is kSqueezeCalm older than `now`, at least.
SqueezeChunk squeeze_chunk(const SqueezeSample& before, const SqueezeSample& now,
                           std::uint64_t max_memory_chunk);
// Why it ends now; null: it may go on. `rounds` are those that were done.
const char* squeeze_stop(const SqueezeSample& begun, const SqueezeSample& now, int rounds);
// What it gave is memory that is free; never memory that became available.
OperationVerdict squeeze_verdict(const SqueezeSample& begun, const SqueezeSample& ended, int rounds,
                                 const std::string& why_ended);

}  // namespace lull::relief
