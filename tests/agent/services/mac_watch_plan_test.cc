// SPDX-License-Identifier: MIT
#include "agent/services/mac_watch_plan.h"

#include <set>

#include <gtest/gtest.h>

namespace lull::agent {
namespace {

const std::vector<WatchedPlace> kSettings =
    places_of_files({"/etc/lull/config.toml", "/Users/me/.config/lull/config.toml"});
const std::vector<WatchedPlace> kRules =
    place_of_directory("/Users/me/.config/lull/rules/", ".toml");

TEST(MacWatchPlan, AFileThatMattersIsNamedByItsPath) {
  EXPECT_TRUE(concerns(kSettings, "/Users/me/.config/lull/config.toml", false));
  EXPECT_TRUE(concerns(kSettings, "/etc/lull/config.toml", false));
  EXPECT_TRUE(concerns(kRules, "/Users/me/.config/lull/rules/mine.toml", false));
}

TEST(MacWatchPlan, OthersBesideOrBelowItDoNotMatter) {
  for (const char* path :
       {"/Users/me/.config/lull/config.toml~", "/Users/me/.config/lull/old/config.toml",
        "/Users/me/.config", "/Users/me/.config/lullaby/config.toml", "config.toml", "", "/"})
    EXPECT_FALSE(concerns(kSettings, path, false)) << path;
  EXPECT_FALSE(concerns(kRules, "/Users/me/.config/lull/rules/notes.txt", false));
}

TEST(MacWatchPlan, TheDirectoryItselfMattersWithOrWithoutASlash) {
  EXPECT_TRUE(concerns(kSettings, "/Users/me/.config/lull", false));
  EXPECT_TRUE(concerns(kRules, "/Users/me/.config/lull/rules/", false));
}

TEST(MacWatchPlan, WhenEventsWereLostEverythingAboveAPlaceMatters) {
  for (const char* path : {"/", "/Users", "/Users/me/", "/Users/me/.config/lull"})
    EXPECT_TRUE(concerns(kSettings, path, true)) << path;
  for (const char* path : {"/Users/me/.conf", "/Users/you", "/var/"})
    EXPECT_FALSE(concerns(kSettings, path, true)) << path;
}

TEST(MacWatchPlan, WaitsAtTheNearestDirectoryThatIsThere) {
  const std::set<std::string> there = {"/", "/Users", "/Users/me"};
  const auto is_there = [&](const std::string& path) { return there.contains(path); };
  EXPECT_EQ(nearest_there("/Users/me/.config/lull", is_there), "/Users/me");
  EXPECT_EQ(nearest_there("/Users/me", is_there), "/Users/me");
  EXPECT_EQ(nearest_there("/nowhere/at/all", is_there), "/");
  EXPECT_EQ(nearest_there("/a", [](const std::string&) { return false; }), "");
  EXPECT_EQ(nearest_there("relative", is_there), "/");
}

TEST(MacWatchPlan, AFileWithoutADirectoryIsNoPlace) {
  EXPECT_TRUE(places_of_files({"config.toml"}).empty());
}

}  // namespace
}  // namespace lull::agent
