// SPDX-License-Identifier: MIT
#include "core/cache/safety_score.h"

#include <algorithm>
#include <cmath>

namespace lull::cache {
namespace {

constexpr double kMostAgePoints = 25;
constexpr double kOldDays = 90;
constexpr unsigned kGuardPoints = 5;
constexpr unsigned kMostGuards = 3;

unsigned tier_points(model::Tier tier) {
  switch (tier) {
    case model::Tier::kSafe:
      return 60;
    case model::Tier::kCostly:
      return 35;
    case model::Tier::kReview:
      return 10;
  }
  return 0;
}

unsigned age_points(base::Duration unused_for) {
  const double days = base::to_seconds(unused_for) / 86400;
  const double points = kMostAgePoints * std::log2(1 + days) / std::log2(1 + kOldDays);
  return static_cast<unsigned>(std::lround(std::min(points, kMostAgePoints)));
}

}  // namespace

std::optional<unsigned> safety_score(const SafetyFacts& facts) {
  if (facts.stays) return 0;
  if (!facts.unused_for || *facts.unused_for < base::Duration::zero()) return std::nullopt;
  return tier_points(facts.tier) + age_points(*facts.unused_for) +
         kGuardPoints * std::min(facts.guards, kMostGuards);
}

}  // namespace lull::cache
