// SPDX-License-Identifier: MIT
#include "agent/app_launch.h"

#include <gtest/gtest.h>

namespace lull::agent {
namespace {

constexpr const char* kInBundle = "/Applications/Lull.app/Contents/MacOS/lull";

TEST(AppLaunch, AProgramInABundleWithoutWordsAndTerminalWasOpenedAsAnApp) {
  EXPECT_TRUE(opened_as_app(1, kInBundle, false));
}

TEST(AppLaunch, SomebodyWhoTypesIsNotAskedToBelieveThat) {
  EXPECT_FALSE(opened_as_app(1, kInBundle, true));
  EXPECT_FALSE(opened_as_app(2, kInBundle, false));
}

TEST(AppLaunch, OutsideOfABundleNothingIsAnApp) {
  for (const char* path : {"/usr/bin/lull", "/opt/my.app/lull", "lull", "", "/Contents/MacOS/lull",
                           "/Lull.app/Contents/MacOS/bin/lull"})
    EXPECT_FALSE(opened_as_app(1, path, false)) << path;
}

}  // namespace
}  // namespace lull::agent
