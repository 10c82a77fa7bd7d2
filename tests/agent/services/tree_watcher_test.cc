// SPDX-License-Identifier: MIT
#include "agent/services/tree_watcher.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_dir_watch.h"

namespace lull::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kOften = 5;

class TreeWatcherTest : public ::testing::Test {
 protected:
  void watch(const std::string& path, std::uint64_t inode) {
    const auto tree = watcher_.wanted(path, 1, kOften);
    ASSERT_TRUE(tree);
    watcher_.begin(path, *tree);
    ASSERT_TRUE(watch_.add(path, {*tree, inode}));
  }
  std::vector<std::string> changed() {
    std::vector<std::string> trees;
    watcher_.take_changes([&](const std::string& tree) { trees.push_back(tree); },
                          [&](const std::string& tree) { trees.push_back("lost " + tree); });
    return trees;
  }

  support::FakeDirWatch watch_{10};
  TreeWatcher watcher_{&watch_};
};

TEST_F(TreeWatcherTest, OnlyWhatIsAskedForOftenAndFitsIsWatched) {
  EXPECT_FALSE(watcher_.wanted("/a", 1, 1));
  EXPECT_TRUE(watcher_.wanted("/a", 10, 2));
  EXPECT_FALSE(watcher_.wanted("/a", 11, 2));
  TreeWatcher blind(nullptr);
  EXPECT_FALSE(blind.wanted("/a", 1, kOften));
  EXPECT_EQ(blind.watched(), 0u);
}

TEST_F(TreeWatcherTest, TellsWhereSomethingHappenedUntilThatWasMeasured) {
  watch("/a", 7);
  EXPECT_THAT(changed(), IsEmpty());
  watch_.touch("/a");
  EXPECT_THAT(changed(), ElementsAre("/a"));
  EXPECT_THAT(watcher_.touched("/a/"), ElementsAre(7));
  EXPECT_THAT(watcher_.touched("/a/sub"), ElementsAre(7));
  EXPECT_THAT(watcher_.touched("/"), ElementsAre(7));
  EXPECT_THAT(watcher_.touched("/ab"), IsEmpty());
  watcher_.measured("/a", {7});
  EXPECT_THAT(watcher_.touched("/a"), IsEmpty());
}

TEST_F(TreeWatcherTest, WhatHappenedDuringTheMeasurementIsNotForgotten) {
  watch("/a", 7);
  watch_.touch("/a");
  changed();
  const auto known = watcher_.touched("/a");
  ASSERT_TRUE(watch_.add("/a/b", {*watcher_.number_of("/a"), 8}));
  watch_.touch("/a/b");
  changed();
  watcher_.measured("/a", known);
  EXPECT_THAT(watcher_.touched("/a"), ElementsAre(8));
}

TEST_F(TreeWatcherTest, APartOfATreeIsSettledByItself) {
  watch("/a", 7);
  ASSERT_TRUE(watch_.add("/a/b", {*watcher_.number_of("/a"), 8}));
  EXPECT_FALSE(watcher_.cover_of("/a")->is_part);
  EXPECT_TRUE(watcher_.cover_of("/a/b/c")->is_part);
  EXPECT_EQ(watcher_.cover_of("/a/b/c")->tree, watcher_.number_of("/a"));
  EXPECT_FALSE(watcher_.cover_of("/ab"));
  watch_.touch("/a");
  watch_.touch("/a/b");
  changed();
  watcher_.measured("/a/b", {8});
  EXPECT_THAT(watcher_.touched("/a"), ElementsAre(7));
}

TEST_F(TreeWatcherTest, ATreeTakesTheTreesBelowItAndWhatHappenedThere) {
  watch("/a/b", 8);
  watch_.touch("/a/b");
  changed();
  watch("/a", 7);
  EXPECT_FALSE(watcher_.number_of("/a/b"));
  EXPECT_THAT(watcher_.touched("/a"), ElementsAre(8));
  EXPECT_FALSE(watcher_.wanted("/a/b", 1, kOften));  // as a part of /a
}

TEST_F(TreeWatcherTest, LostNotesEndAllWatches) {
  watch("/a", 7);
  watch("/b", 8);
  watch_.lose();
  EXPECT_THAT(changed(), ElementsAre("lost /a", "lost /b"));
  EXPECT_EQ(watch_.watched(), 0u);
  EXPECT_FALSE(watcher_.number_of("/a"));
}

TEST_F(TreeWatcherTest, ATreeNobodyAsksForGivesItsWatchesBack) {
  watch("/a", 7);
  watch("/b", 8);
  watcher_.forget_cold([](const std::string& path) { return path == "/a" ? 0.1 : 1.0; });
  EXPECT_EQ(watch_.watched(), 1u);
  EXPECT_FALSE(watcher_.number_of("/a"));
  EXPECT_TRUE(watcher_.number_of("/b"));
}

}  // namespace
}  // namespace lull::agent
