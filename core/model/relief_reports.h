// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/model/memory.h"
#include "core/model/pressure.h"

// What relief has done, as it was measured.
namespace lull::model {

enum class ReliefOutcome : std::uint8_t {
  kFreed,        // measured afterwards; bytes says how much
  kNoEffect,     // there was nothing to do, or what was done changed nothing
  kUnproven,     // it was done, and no measurement can say what that gave
  kUnavailable,  // this machine, or this user, cannot
  kSkipped,      // it could be done and was not, on purpose
  kFailed,
};
constexpr std::string_view relief_outcome_name(ReliefOutcome outcome) {
  switch (outcome) {
    case ReliefOutcome::kFreed:
      return "freed";
    case ReliefOutcome::kNoEffect:
      return "no-effect";
    case ReliefOutcome::kUnproven:
      return "unproven";
    case ReliefOutcome::kUnavailable:
      return "unavailable";
    case ReliefOutcome::kSkipped:
      return "skipped";
    case ReliefOutcome::kFailed:
      return "failed";
  }
  return "failed";
}

// One of the seven memory operations.
struct OperationReport {
  std::string id;
  ReliefOutcome outcome = ReliefOutcome::kFailed;
  std::uint64_t bytes = 0;                       // 0 unless freed
  std::optional<std::uint64_t> predicted_bytes;  // told before it was done; nullopt: nobody can say
  std::string reason;                            // one line for people
  base::Duration elapsed{};
  // The machine right before and after it, whoever changed it meanwhile; nullopt: not measured.
  std::optional<MemorySample> before, after;
};

struct OptimizeReport {
  std::vector<OperationReport> operations;  // all seven, in the order of the contract
  std::optional<MemorySample> before, after;
  std::optional<Pressure> pressure_before, pressure_after;
  bool dry_run = false;
  bool cancelled = false;
  base::Duration elapsed{};
};

}  // namespace lull::model
