// SPDX-License-Identifier: MIT
#include "core/relief/operation.h"

#include "core/base/bytes.h"

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

std::string predicted_words(const std::optional<std::uint64_t>& predicted_bytes) {
  return predicted_bytes ? " (" + base::format_bytes(*predicted_bytes) + " predicted)" : "";
}

}  // namespace lull::relief
