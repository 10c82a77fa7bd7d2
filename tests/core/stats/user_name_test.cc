// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "core/stats/system_monitor.h"

namespace lull::stats {
namespace {

TEST(UserName, IsThatOfThePasswordDatabase) { EXPECT_EQ(user_name(0), "root"); }

TEST(UserName, OfNobodyInParticularIsUnknown) {
  EXPECT_EQ(user_name(3'456'789'012u), std::nullopt);
}

}  // namespace
}  // namespace lull::stats
