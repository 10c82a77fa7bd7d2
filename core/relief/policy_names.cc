// SPDX-License-Identifier: MIT
#include "core/relief/policy.h"

namespace lull::relief {

std::string_view relief_step_name(ReliefStep step) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "none", "wait", "shed", "drop-streams", "move-stale", "reclaim-file", "reclaim-anonymous",
      "ask",  "end"};
  const auto at = static_cast<std::size_t>(step);
  return at < kNames.size() ? kNames[at] : kNames[0];
}

std::string_view relief_reason_name(ReliefReason reason) {
  static constexpr std::array<std::string_view, 18> kNames = {
      "calm",     "raised",        "anticipation", "requested", "critical",  "at-target",
      "too-soon", "not-fresh",     "running",      "settling",  "stalled",   "wanted-back",
      "little",   "enough-rounds", "deadline",     "cancelled", "user-back", "no-lever"};
  const auto at = static_cast<std::size_t>(reason);
  return at < kNames.size() ? kNames[at] : kNames[0];
}

}  // namespace lull::relief
