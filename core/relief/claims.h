// SPDX-License-Identifier: MIT
#pragma once
#include "core/model/relief_reports.h"

// The operations behind the button run beside each other, and one of them, inactive-memory, is
// judged by the machine's own figures as well: what others gave moves those, too. Pure.
namespace lull::relief {

// No byte is claimed twice: what the others measured of their own memory (our heap, the cache of
// files, a Java heap, files in memory) is taken off what the machine's available or free memory
// rose by, whichever rose more, and inactive-memory claims the rest of that at most; without
// figures of the machine, nothing. If less than kNoiseBytes is left of a claim, it is unproven.
void settle_claims(model::OptimizeReport& report);

}  // namespace lull::relief
