// SPDX-License-Identifier: MIT
#include "core/relief/claims.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/relief/operation.h"

namespace lull::relief {
namespace {

std::uint64_t rise(std::uint64_t before, std::uint64_t after) {
  return after - std::min(before, after);
}

std::uint64_t rise_of(const model::OptimizeReport& report) {
  if (!report.before || !report.after) return 0;
  return std::max(rise(report.before->available_bytes, report.after->available_bytes),
                  rise(report.before->free_bytes, report.after->free_bytes));
}

}  // namespace

void settle_claims(model::OptimizeReport& report) {
  model::OperationReport* inferred = nullptr;
  std::uint64_t others = 0;
  for (model::OperationReport& operation : report.operations)
    if (operation.id == kInactiveMemory)
      inferred = &operation;
    else
      others += operation.bytes;
  const std::uint64_t left = rise(others, rise_of(report));
  if (inferred == nullptr || inferred->bytes <= left) return;
  inferred->reason += "; beside what the other operations gave, the machine has " +
                      base::format_bytes(left) + " more";
  inferred->bytes = left < kNoiseBytes ? 0 : left;
  if (inferred->bytes == 0) inferred->outcome = ReliefOutcome::kUnproven;
}

}  // namespace lull::relief
