// SPDX-License-Identifier: MIT
#include "core/relief/memory_compression.h"

#include <array>
#include <cstdio>

#include "core/base/bytes.h"
#include "core/relief/policy.h"

namespace lull::relief {
namespace {

std::string ratio_text(double ratio) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f : 1", ratio);
  return text.data();
}

OperationVerdict of_zram(const model::ZramState& zram) {
  const std::string holds = "zram holds " + base::format_bytes(zram.original_bytes) + " in " +
                            base::format_bytes(zram.compressed_bytes);
  if (zram.compressed_bytes == 0)
    return without_bytes(ReliefOutcome::kNoEffect, "zram is set up, and nothing is in it");
  const double ratio =
      static_cast<double>(zram.original_bytes) / static_cast<double>(zram.compressed_bytes);
  if (ratio >= kLeastZramRatio)
    return without_bytes(ReliefOutcome::kNoEffect,
                         holds + " (" + ratio_text(ratio) + "): it works by itself");
  return without_bytes(
      ReliefOutcome::kUnavailable,
      holds + " (" + ratio_text(ratio) + "): that gains little, and only root can change it");
}

}  // namespace

OperationVerdict memory_compression_verdict(const model::MemorySample& memory,
                                            const model::SwapState& swap) {
  if (memory.zram) return of_zram(*memory.zram);
  if (memory.swap_total_bytes == 0)
    return without_bytes(
        ReliefOutcome::kUnavailable,
        "there is no swap: what nobody uses cannot be put away; zram would hold it "
        "compressed, and only root can set that up");
  const std::string used = base::format_bytes(memory.swap_used_bytes) + " of " +
                           base::format_bytes(memory.swap_total_bytes) + " used";
  if (swap.zswap)
    return without_bytes(
        ReliefOutcome::kNoEffect,
        "zswap compresses on the way to the disk (swap: " + used + "): it works by itself");
  const bool turns = swap.kind == model::SwapKind::kRotational;
  return without_bytes(ReliefOutcome::kUnavailable,
                       std::string("swap is on ") + (turns ? "a slow disk" : "a disk") + " (" +
                           used + "); zram would answer faster, and only root can set it up");
}

}  // namespace lull::relief
