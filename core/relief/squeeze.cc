// SPDX-License-Identifier: MIT
#include "core/relief/squeeze.h"

#include <algorithm>

#include "core/base/count_text.h"
#include "core/relief/shed.h"

namespace lull::relief {
namespace {

constexpr std::uint64_t kPage = 4096;

bool is_watched(const SqueezeSample& sample) {
  return sample.stalled_us && sample.swapped_out_bytes && sample.refaults;
}

bool has_swap_to_spare(const model::MemorySample& memory) {
  return memory.swap_total_bytes > 0 &&
         100 * static_cast<double>(memory.swap_used_bytes) <
             kSqueezeSwapPercent * static_cast<double>(memory.swap_total_bytes);
}

SqueezeChunk no(std::string why) { return {0, std::move(why)}; }

}  // namespace

SqueezeChunk squeeze_chunk(const SqueezeSample& before, const SqueezeSample& now,
                           std::uint64_t max_memory_chunk) {
  if (!is_watched(before) || !is_watched(now))
    return no("what harm it does cannot be watched on this kernel");
  if (now.taken_at - before.taken_at < kSqueezeCalm || *now.stalled_us != *before.stalled_us)
    return no("somebody waited for memory within the last ten seconds");
  if (!now.on_mains) return no("the machine is on battery");
  if (now.swap == model::SwapKind::kRotational) return no("swap is on a slow disk");
  const auto share =
      static_cast<std::uint64_t>(static_cast<double>(now.memory.total_bytes) * kSqueezeShare / 100);
  std::uint64_t bytes = std::min({kLargestSqueeze, share, max_memory_chunk});
  if (!has_swap_to_spare(now.memory)) bytes = std::min(bytes, now.memory.available_bytes / 4);
  bytes -= bytes % kPage;
  if (bytes < base::kMiB) return no("too little memory is available to do it safely");
  return {bytes, {}};
}

const char* squeeze_stop(const SqueezeSample& begun, const SqueezeSample& now, int rounds) {
  if (!is_watched(begun) || !is_watched(now)) return "it could not be watched any more";
  if (*now.swapped_out_bytes > *begun.swapped_out_bytes) return "something was swapped out";
  if (*now.stalled_us >= *begun.stalled_us + kSqueezeStallUs) return "somebody waited for memory";
  if (*now.refaults > *begun.refaults) return "something was wanted back";
  if (rounds >= kMostSqueezes) return "ten rounds were made";
  if (now.taken_at - begun.taken_at >= kSqueezeTime) return "two seconds were over";
  return nullptr;
}

OperationVerdict squeeze_verdict(const SqueezeSample& begun, const SqueezeSample& ended, int rounds,
                                 const std::string& why_ended) {
  const std::string words = "squeezed " +
                            base::count_text(static_cast<std::size_t>(rounds), "time") +
                            ", until " + why_ended;
  if (*ended.swapped_out_bytes > *begun.swapped_out_bytes)
    return without_bytes(ReliefOutcome::kUnproven, words);
  const std::uint64_t before = begun.memory.free_bytes, after = ended.memory.free_bytes;
  if (after < before + kNoiseBytes) return without_bytes(ReliefOutcome::kNoEffect, words);
  return freed(after - before, words + "; that is cache, which counted as available before");
}

}  // namespace lull::relief
