// SPDX-License-Identifier: MIT
#include "core/base/environment.h"

#include <map>

#include <gtest/gtest.h>

namespace lull::base {
namespace {

EnvironmentLookup from(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

TEST(UserDirectories, FollowFromHomeAlone) {
  const auto found = find_user_directories(from({{"HOME", "/home/u/"}, {"XDG_RUNTIME_DIR", "/r"}}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->home, "/home/u");
  EXPECT_EQ(found->config_home, "/home/u/.config");
  EXPECT_EQ(found->cache_home, "/home/u/.cache");
  EXPECT_EQ(found->data_home, "/home/u/.local/share");
  EXPECT_EQ(found->state_home, "/home/u/.local/state");
  EXPECT_EQ(found->runtime_dir, "/r");
  EXPECT_EQ(found->temp_dir, "/tmp");
}

TEST(UserDirectories, HonourEveryVariable) {
  const auto found = find_user_directories(from({{"HOME", "/h"},
                                                 {"XDG_CONFIG_HOME", "/a/"},
                                                 {"XDG_CACHE_HOME", "/b"},
                                                 {"XDG_DATA_HOME", "/c//"},
                                                 {"XDG_STATE_HOME", "/d"},
                                                 {"XDG_RUNTIME_DIR", "/e"},
                                                 {"TMPDIR", "/f"}}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->config_home, "/a");
  EXPECT_EQ(found->cache_home, "/b");
  EXPECT_EQ(found->data_home, "/c");
  EXPECT_EQ(found->state_home, "/d");
  EXPECT_EQ(found->runtime_dir, "/e");
  EXPECT_EQ(found->temp_dir, "/f");
}

TEST(UserDirectories, IgnoreRelativeAndEmptyValues) {
  const auto found = find_user_directories(
      from({{"HOME", "/h"}, {"XDG_CACHE_HOME", "cache"}, {"XDG_DATA_HOME", ""}, {"TMPDIR", "."}}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cache_home, "/h/.cache");
  EXPECT_EQ(found->data_home, "/h/.local/share");
  EXPECT_EQ(found->temp_dir, "/tmp");
}

TEST(UserDirectories, AskThePasswordDatabaseWithoutHome) {
  const auto found = find_user_directories(from({}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->home.front(), '/');
}

TEST(UserDirectories, ARootHomeGivesNoDoubleSlash) {
  const auto found = find_user_directories(from({{"HOME", "/"}}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cache_home, "/.cache");
}

TEST(UserDirectories, RuntimeDirectoryFallsBackToOneOfOurOwn) {
  const auto found = find_user_directories(from({{"HOME", "/h"}, {"TMPDIR", "/scratch"}}));
  ASSERT_TRUE(found);
  const bool logind = found->runtime_dir.rfind("/run/user/", 0) == 0;
  const bool own = found->runtime_dir.rfind("/scratch/lull-", 0) == 0;
  EXPECT_TRUE(logind || own) << found->runtime_dir;
}

}  // namespace
}  // namespace lull::base
