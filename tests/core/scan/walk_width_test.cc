// SPDX-License-Identifier: MIT
#include "core/scan/walk_width.h"

#include <gtest/gtest.h>

namespace lull::scan {
namespace {

TEST(WalkWidth, IsTheUsersWithinTheHomeDirectory) {
  EXPECT_EQ(widest_for("/home/u", "/home/u", 8), 8u);
  EXPECT_EQ(widest_for("/home/u/src", "/home/u/", 8), 8u);
  EXPECT_EQ(widest_for("/home/u/src", "/home/u", 0), 0u);
}

TEST(WalkWidth, IsTwoAtMostOutsideIt) {
  for (const char* path : {"/usr", "/var", "/", "/home", "/home/user", "/mnt/disk"})
    EXPECT_EQ(widest_for(path, "/home/u", 8), 2u) << path;
  EXPECT_EQ(widest_for("/usr", "/home/u", 1), 1u);
  EXPECT_EQ(widest_for("/usr", "/home/u", 0), 2u);
}

TEST(WalkWidth, TakesAHomeThatIsEverythingOrNothingForNone) {
  EXPECT_EQ(widest_for("/usr", "/", 8), 2u);
  EXPECT_EQ(widest_for("/usr", "", 8), 2u);
}

TEST(WalkWidth, DoesNotTrustAWayThatMayLeadOut) {
  EXPECT_EQ(widest_for("/home/u/../../usr", "/home/u", 8), 2u);
}

TEST(WalkWidth, OfSeveralPlacesIsThatOfTheNarrowest) {
  WalkOptions options;
  options.width = 8;
  options = narrowed_for("/home/u/.cache", "/home/u", options);
  EXPECT_EQ(options.width, 8u);
  options = narrowed_for("/tmp", "/home/u", options);
  EXPECT_EQ(options.width, 2u);
  EXPECT_EQ(narrowed_for("/home/u/.cache", "/home/u", options).width, 2u);
}

}  // namespace
}  // namespace lull::scan
