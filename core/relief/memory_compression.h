// SPDX-License-Identifier: MIT
#pragma once
#include "core/model/memory.h"
#include "core/model/swap.h"
#include "core/relief/operation.h"

namespace lull::relief {

// `memory-compression`: what zram and zswap do here, in figures, and what root could set up where
// there is neither. Both are root's; nothing is ever changed. Pure.
OperationVerdict memory_compression_verdict(const model::MemorySample& memory,
                                            const model::SwapState& swap);

}  // namespace lull::relief
