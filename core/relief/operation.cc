// SPDX-License-Identifier: MIT
#include "core/relief/operation.h"

namespace lull::relief {

OperationVerdict verdict_of(const Verdict& shed) {
  switch (shed.outcome) {
    case Outcome::kFreed:
      return freed(shed.bytes, shed.reason);
    case Outcome::kNoEffect:
      return without_bytes(ReliefOutcome::kNoEffect, shed.reason);
    case Outcome::kUnproven:
      break;
  }
  return without_bytes(ReliefOutcome::kUnproven, shed.reason);
}

}  // namespace lull::relief
