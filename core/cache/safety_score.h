// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/base/clock.h"
#include "core/model/reports.h"

namespace lull::cache {

// What is known about a file that a rule covers.
struct SafetyFacts {
  model::Tier tier = model::Tier::kReview;
  bool stays = false;  // some guard holds it back
  // Since the youngest of its times; nullopt: unknown, or a time that is still to come.
  std::optional<base::Duration> unused_for;
  unsigned guards = 0;  // kinds of guards the rule has (age, programs, locks, …); all let it go
};

// How safe it is to let it go, 0–100, for sorting and for a word to people; never a permission:
// that is the rule's verdict, made again at the moment of cleaning.
//   score = tier (safe 60, costly 35, review 10)
//         + age, 0–25: 25 · log2(1 + days) / log2(1 + 90), so a day counts 4 and a month 19
//         + 5 for each guard, at most 15
// What stays has 0. Of unknown age: nullopt.
std::optional<unsigned> safety_score(const SafetyFacts& facts);

}  // namespace lull::cache
