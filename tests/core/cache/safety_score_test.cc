// SPDX-License-Identifier: MIT
#include "core/cache/safety_score.h"

#include <gtest/gtest.h>

namespace lull::cache {
namespace {

using model::Tier;
using std::chrono::days;

struct Row {
  SafetyFacts facts;
  std::optional<unsigned> expected;
};

TEST(SafetyScore, FollowsItsFormula) {
  for (const auto& [facts, expected] : {
           Row{{Tier::kSafe, false, days(0), 0}, 60},
           Row{{Tier::kSafe, false, days(1), 0}, 64},
           Row{{Tier::kSafe, false, days(30), 0}, 79},
           Row{{Tier::kSafe, false, days(90), 0}, 85},
           Row{{Tier::kSafe, false, days(9000), 3}, 100},
           Row{{Tier::kSafe, false, days(9000), 30}, 100},
           Row{{Tier::kCostly, false, days(90), 1}, 65},
           Row{{Tier::kReview, false, days(0), 0}, 10},
           Row{{Tier::kReview, false, days(9000), 3}, 50},
       })
    EXPECT_EQ(safety_score(facts), expected)
        << tier_name(facts.tier) << " " << facts.unused_for->count() << " " << facts.guards;
}

TEST(SafetyScore, WhatStaysHasNone) {
  EXPECT_EQ(safety_score({Tier::kSafe, true, days(900), 3}), 0u);
  EXPECT_EQ(safety_score({Tier::kSafe, true, std::nullopt, 3}), 0u);
}

TEST(SafetyScore, OfUnknownAgeIsUnknown) {
  EXPECT_EQ(safety_score({Tier::kSafe, false, std::nullopt, 0}), std::nullopt);
  EXPECT_EQ(safety_score({Tier::kSafe, false, -days(1), 0}), std::nullopt);
}

TEST(SafetyScore, NeverFallsWithAgeOrGuardsAndNeverPutsTheTiersInAnotherOrder) {
  for (const Tier tier : {Tier::kSafe, Tier::kCostly, Tier::kReview})
    for (unsigned guards = 0; guards < 5; ++guards)
      for (int age = 0; age < 4000; age += 13) {
        const auto score = *safety_score({tier, false, days(age), guards});
        EXPECT_GE(*safety_score({tier, false, days(age + 1), guards}), score);
        EXPECT_GE(*safety_score({tier, false, days(age), guards + 1}), score);
        EXPECT_LE(score, 100u);
        EXPECT_GT(*safety_score({Tier::kSafe, false, days(age), guards}),
                  *safety_score({Tier::kCostly, false, days(age), guards}));
      }
}

}  // namespace
}  // namespace lull::cache
