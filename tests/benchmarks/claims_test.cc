// SPDX-License-Identifier: MIT
#include "benchmarks/support/claims.h"

#include <gtest/gtest.h>

namespace lull::benchmarks {
namespace {

TEST(Claims, HoldWhenAllWereJudgedAndNoneWasMissed) {
  Claims claims;
  claims.claim(true, "fast");
  claims.claim(true, "small");
  EXPECT_TRUE(claims.hold());
  EXPECT_EQ(claims.words(), "every claim holds");
}

TEST(Claims, AreNotAllWhereSomethingWasNotCompared) {
  Claims claims;
  claims.claim(true, "fast");
  for (int round = 0; round < 3; ++round) claims.leave_out("gdu");
  claims.leave_out("dua");
  EXPECT_TRUE(claims.hold());
  EXPECT_EQ(claims.words(), "1 claims hold; not compared: gdu, dua");
}

TEST(Claims, NameEachThatWasMissed) {
  Claims claims;
  claims.claim(false, "fast");
  claims.claim(true, "small");
  claims.claim(false, "flat");
  EXPECT_FALSE(claims.hold());
  EXPECT_EQ(claims.words(), "MISSED: fast, flat");
  claims.leave_out("gdu");
  EXPECT_EQ(claims.words(), "MISSED: fast, flat; not compared: gdu");
}

}  // namespace
}  // namespace lull::benchmarks
