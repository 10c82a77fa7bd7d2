// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cache/dir_watch.h"
#include "tests/support/temp_dir.h"

// What every DirWatch promises. Include once, then instantiate with a name, a factory and how a
// directory is made to change.
namespace lull::contract {

struct DirWatchCase {
  std::string name;
  std::function<std::unique_ptr<cache::DirWatch>(std::size_t most)> make;
  std::function<void(cache::DirWatch&, const std::string& directory)> change;
};

class DirWatchContract : public testing::TestWithParam<DirWatchCase> {
 protected:
  using Tag = cache::DirWatch::Tag;
  std::string directory(const std::string& name) {
    temp_.write(name + "/file", "x");
    return temp_ / name;
  }
  void change(const std::string& directory) { GetParam().change(*watch_, directory); }

  const support::TempDir temp_;
  std::unique_ptr<cache::DirWatch> watch_ = GetParam().make(3);
};

TEST_P(DirWatchContract, TellsOnceWhichDirectoryChangedAndWatchesItNoMore) {
  const std::string a = directory("a"), b = directory("b");
  ASSERT_TRUE(watch_->add(a, {1, 10}));
  ASSERT_TRUE(watch_->add(b, {1, 20}));
  EXPECT_THAT(watch_->take_changes().touched, testing::IsEmpty());
  change(b);
  change(b);
  const auto changes = watch_->take_changes();
  EXPECT_FALSE(changes.lost);
  EXPECT_THAT(changes.touched, testing::ElementsAre(Tag{1, 20}));
  EXPECT_EQ(watch_->watched(), 1u);
  change(b);
  EXPECT_THAT(watch_->take_changes().touched, testing::IsEmpty());
}

TEST_P(DirWatchContract, ADirectoryIsWatchedAgainWhenItIsAddedAgain) {
  const std::string a = directory("a");
  ASSERT_TRUE(watch_->add(a, {1, 10}));
  change(a);
  EXPECT_THAT(watch_->take_changes().touched, testing::ElementsAre(Tag{1, 10}));
  ASSERT_TRUE(watch_->add(a, {2, 10}));
  change(a);
  EXPECT_THAT(watch_->take_changes().touched, testing::ElementsAre(Tag{2, 10}));
}

TEST_P(DirWatchContract, HasRoomForSoManyAndAddingOneTwiceTakesNoneTwice) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(watch_->add(directory(name), {1, 1}));
  EXPECT_EQ(watch_->room(), 0u);
  EXPECT_FALSE(watch_->add(directory("d"), {1, 1}));
  EXPECT_TRUE(watch_->add(temp_ / "a", {1, 1}));
  EXPECT_EQ(watch_->watched(), 3u);
}

TEST_P(DirWatchContract, ATreeThatIsRemovedIsHeardOfNoMore) {
  const std::string a = directory("a"), b = directory("b");
  ASSERT_TRUE(watch_->add(a, {1, 10}));
  ASSERT_TRUE(watch_->add(b, {2, 20}));
  watch_->remove_tree(1);
  change(a);
  change(b);
  EXPECT_THAT(watch_->take_changes().touched, testing::ElementsAre(Tag{2, 20}));
  EXPECT_EQ(watch_->room(), 3u);
}

}  // namespace lull::contract
