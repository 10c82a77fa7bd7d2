// SPDX-License-Identifier: MIT
#include "core/cache/dir_watch.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/cache/memory_tree_store.h"
#include "core/cache/tree_measure.h"
#include "core/cache/watch_tree.h"
#include "tests/contract/dir_watch_contract.h"
#include "tests/support/fake_dir_watch.h"

namespace lull::contract {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Watches, DirWatchContract,
    testing::Values(
        DirWatchCase{"inotify", [](std::size_t most) { return cache::make_dir_watch(most); },
                     [](cache::DirWatch&, const std::string& directory) {
                       std::ofstream(directory + "/file", std::ios::app) << "more";
                     }},
        DirWatchCase{"fake",
                     [](std::size_t most) { return std::make_unique<support::FakeDirWatch>(most); },
                     [](cache::DirWatch& watch, const std::string& directory) {
                       dynamic_cast<support::FakeDirWatch&>(watch).touch(directory);
                     }}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace lull::contract

namespace lull::cache {
namespace {

namespace fs = std::filesystem;

class DirWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(watch_, nullptr);
    temp_.write("d/file", "x");
  }
  bool tells_of(const std::function<void()>& change) {
    EXPECT_TRUE(watch_->add(temp_ / "d", {1, 7}));
    change();
    return !watch_->take_changes().touched.empty();
  }

  const support::TempDir temp_;
  std::unique_ptr<DirWatch> watch_ = make_dir_watch();
};

TEST_F(DirWatchTest, TellsOfEverythingThatChangesASize) {
  const std::string d = temp_ / "d";
  EXPECT_TRUE(tells_of([&] { temp_.write("d/new", "x"); }));
  EXPECT_TRUE(tells_of([&] { std::ofstream(d + "/file", std::ios::app) << "x"; }));
  EXPECT_TRUE(tells_of([&] { ASSERT_EQ(::truncate((d + "/file").c_str(), 0), 0); }));
  EXPECT_TRUE(tells_of([&] { fs::rename(d + "/new", d + "/newer"); }));
  EXPECT_TRUE(tells_of([&] { fs::remove(d + "/newer"); }));
  EXPECT_TRUE(tells_of([&] { fs::create_directory(d + "/sub"); }));
  EXPECT_TRUE(tells_of([&] { ASSERT_EQ(::chmod(d.c_str(), 0700), 0); }));
  EXPECT_TRUE(tells_of([&] { fs::rename(d, temp_ / "e"); }));
}

TEST_F(DirWatchTest, ReadingIsNoChange) {
  EXPECT_FALSE(tells_of([&] {
    (void)temp_.read("d/file");
    for (const auto& entry : fs::directory_iterator(temp_ / "d")) (void)entry;
  }));
}

TEST_F(DirWatchTest, WhatIsNotADirectoryIsNotWatched) {
  EXPECT_FALSE(watch_->add(temp_ / "d/file", {1, 1}));
  EXPECT_FALSE(watch_->add(temp_ / "none", {1, 1}));
  fs::create_directory_symlink("d", temp_ / "link");
  EXPECT_FALSE(watch_->add(temp_ / "link", {1, 1}));
  EXPECT_EQ(watch_->watched(), 0u);
}

TEST_F(DirWatchTest, TakesAtMost8192WatchesAndAnEighthOfWhatAUserHas) {
  std::size_t granted = 0;
  std::ifstream("/proc/sys/fs/inotify/max_user_watches") >> granted;
  ASSERT_GT(granted, 0u);
  EXPECT_EQ(watch_->room(), std::min<std::size_t>(8192, granted / 8));
  EXPECT_EQ(make_dir_watch(granted)->room(), granted / 8);
}

TEST_F(DirWatchTest, ATreeIsWatchedAsFarAsItHasRows) {
  temp_.write("t/a/b/file", "x");
  temp_.write("t/c/file", "x");
  MemoryTreeStore store(1 << 20);
  EXPECT_FALSE(watch_tree(store, *watch_, temp_ / "t", 1));
  MeasureRequest request;
  request.path = temp_ / "t";
  ASSERT_TRUE(measure(store, request, {}));
  ASSERT_TRUE(watch_tree(store, *watch_, temp_ / "t/", 1));
  EXPECT_EQ(watch_->watched(), 4u);
  temp_.write("t/a/b/file", "more");
  struct stat status {};
  ASSERT_EQ(::stat((temp_ / "t/a/b").c_str(), &status), 0);
  EXPECT_THAT(watch_->take_changes().touched,
              ::testing::ElementsAre(DirWatch::Tag{1, status.st_ino}));
}

TEST_F(DirWatchTest, DirectoriesThatAreLeftOutAreNotWatchedByWhateverPath) {
  temp_.write("t/a/own/below/file", "x");
  temp_.write("t/c/file", "x");
  fs::create_directory_symlink("t/a", temp_ / "link");
  MemoryTreeStore store(1 << 20);
  MeasureRequest request;
  request.path = temp_ / "t";
  ASSERT_TRUE(measure(store, request, {}));
  ASSERT_TRUE(watch_tree(store, *watch_, temp_ / "t", 1,
                         std::vector<std::string>{temp_ / "link/own", temp_ / "none"}));
  EXPECT_EQ(watch_->watched(), 4u);
  temp_.write("t/a/own/file", "x");
  EXPECT_TRUE(watch_->take_changes().touched.empty());
  temp_.write("t/a/own/below/file", "more");
  temp_.write("t/c/file", "more");
  EXPECT_EQ(watch_->take_changes().touched.size(), 2u);
}

TEST_F(DirWatchTest, APartIsWatchedAgainAndNothingIsDroppedForIt) {
  temp_.write("t/a/b/file", "x");
  temp_.write("t/c/file", "x");
  MemoryTreeStore store(1 << 20);
  MeasureRequest request;
  request.path = temp_ / "t";
  ASSERT_TRUE(measure(store, request, {}));
  const auto small = make_dir_watch(4);
  ASSERT_TRUE(watch_tree(store, *small, temp_ / "t", 1));
  temp_.write("t/a/b/file", "more");
  const auto heard = small->take_changes().touched;
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(small->watched(), 3u);

  const std::vector<std::uint64_t> touched{heard.front().inode};
  const auto elsewhere = watch_part(store, *small, temp_ / "t/c", 1, touched);
  EXPECT_TRUE(elsewhere.whole);
  EXPECT_TRUE(elsewhere.known.empty());
  const auto part = watch_part(store, *small, temp_ / "t/a/", 1, touched);
  EXPECT_TRUE(part.whole);
  EXPECT_EQ(part.known, touched);
  temp_.write("t/a/b/file", "and more");
  EXPECT_EQ(small->take_changes().touched, heard);

  ASSERT_TRUE(small->add(temp_ / "d", {2, 1}));  // takes the room
  EXPECT_FALSE(watch_part(store, *small, temp_ / "t/a", 1, touched).whole);
  EXPECT_FALSE(watch_part(store, *small, temp_ / "none", 1, touched).whole);
  EXPECT_EQ(small->watched(), 4u);
}

TEST_F(DirWatchTest, ATreeThatDoesNotFitIsNotWatchedAtAll) {
  temp_.write("t/a/b/file", "x");
  MemoryTreeStore store(1 << 20);
  MeasureRequest request;
  request.path = temp_ / "t";
  ASSERT_TRUE(measure(store, request, {}));
  const auto small = make_dir_watch(2);
  EXPECT_FALSE(watch_tree(store, *small, temp_ / "t", 1));
  EXPECT_EQ(small->watched(), 0u);
}

}  // namespace
}  // namespace lull::cache
