// SPDX-License-Identifier: MIT
#include "core/relief/network_caches.h"

namespace lull::relief {

OperationVerdict network_caches_verdict(const base::Status& flushed) {
  if (flushed)
    return without_bytes(
        ReliefOutcome::kUnproven,
        "the resolver forgot the names it knew; that is too little memory to claim");
  const base::Error& error = flushed.error();
  if (error.code == base::ErrorCode::kUnavailable || error.code == base::ErrorCode::kNotFound)
    return without_bytes(ReliefOutcome::kUnavailable, "systemd-resolved does not run here");
  if (error.code == base::ErrorCode::kCancelled)
    return without_bytes(ReliefOutcome::kSkipped, "it was stopped");
  return without_bytes(ReliefOutcome::kFailed, "the resolver did not answer: " + error.message);
}

}  // namespace lull::relief
