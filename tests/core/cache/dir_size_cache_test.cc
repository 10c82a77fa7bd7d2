// SPDX-License-Identifier: MIT
#include "core/cache/dir_size_cache.h"

#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace lull::cache {
namespace {

using namespace std::chrono_literals;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class HandClock final : public base::Clock {
 public:
  base::SteadyTime now() const override { return now_; }
  base::WallTime wall_now() const override { return {}; }
  void advance(base::Duration by) { now_ += by; }

 private:
  base::SteadyTime now_{1h};
};

constexpr DirSizeCache::Stamp kStamp{1, 2, 3, 4};

model::TreeSize sized(std::uint64_t bytes) {
  model::TreeSize size;
  size.allocated_bytes = bytes;
  return size;
}

class DirSizeCacheTest : public ::testing::Test {
 protected:
  // Asks and, like the agent, measures what is not known.
  void use(const std::string& path) {
    if (!cache_.get(path, kStamp)) cache_.put(path, kStamp, sized(1));
  }
  bool knows(const std::string& path) { return cache_.get(path, kStamp).has_value(); }

  HandClock clock_;
  DirSizeCache cache_{100, 300s, clock_};
};

TEST_F(DirSizeCacheTest, AnswersWhatWasPutAndSaysItIsFromTheCache) {
  EXPECT_FALSE(cache_.get("/a", kStamp));
  cache_.put("/a", kStamp, sized(42));
  const auto answer = cache_.get("/a", kStamp);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->allocated_bytes, 42u);
  EXPECT_TRUE(answer->from_cache);
  EXPECT_EQ(cache_.stats().hits, 1u);
  EXPECT_EQ(cache_.stats().misses, 1u);
}

TEST_F(DirSizeCacheTest, ForgetsAnAnswerWhenItsTimeToLiveIsOver) {
  cache_.put("/a", kStamp, sized(42));
  clock_.advance(299s);
  EXPECT_TRUE(cache_.get("/a", kStamp));
  clock_.advance(1s);
  EXPECT_FALSE(cache_.get("/a", kStamp));
  EXPECT_EQ(cache_.stats().misses, 1u);
}

TEST_F(DirSizeCacheTest, AShorterTimeToLiveHoldsAtOnce) {
  cache_.put("/a", kStamp, sized(42));
  clock_.advance(20s);
  cache_.set_ttl(10s);
  EXPECT_FALSE(cache_.get("/a", kStamp));
}

TEST_F(DirSizeCacheTest, TakesAnyChangeOfTheRootForADifferentTree) {
  cache_.put("/a", kStamp, sized(42));
  for (const DirSizeCache::Stamp other :
       {DirSizeCache::Stamp{9, 2, 3, 4}, {1, 9, 3, 4}, {1, 2, 9, 4}, {1, 2, 3, 9}})
    EXPECT_FALSE(cache_.get("/a", other));
  EXPECT_TRUE(cache_.get("/a", kStamp));
}

TEST_F(DirSizeCacheTest, IgnoresPartialResults) {
  model::TreeSize partial = sized(7);
  partial.partial = true;
  cache_.put("/a", kStamp, partial);
  EXPECT_FALSE(cache_.get("/a", kStamp));
  cache_.put("/a", kStamp, sized(42));
  cache_.put("/a", kStamp, partial);
  EXPECT_EQ(cache_.get("/a", kStamp)->allocated_bytes, 42u);
}

TEST_F(DirSizeCacheTest, TakesTwoSpellingsOfAPathForOne) {
  cache_.put("/a//b/", kStamp, sized(42));
  const auto answer = cache_.get("/a/b", kStamp);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->path, "/a/b");
}

TEST_F(DirSizeCacheTest, InvalidatesThePathItsDescendantsAndItsAncestorsOnly) {
  for (const char* path : {"/", "/a", "/a/b", "/a/b/c", "/a/b/c/d", "/a/bc", "/a/x", "/ab"})
    cache_.put(path, kStamp, sized(1));
  cache_.invalidate("/a/b/");
  EXPECT_FALSE(knows("/"));
  EXPECT_FALSE(knows("/a"));
  EXPECT_FALSE(knows("/a/b"));
  EXPECT_FALSE(knows("/a/b/c"));
  EXPECT_FALSE(knows("/a/b/c/d"));
  EXPECT_TRUE(knows("/a/bc"));
  EXPECT_TRUE(knows("/a/x"));
  EXPECT_TRUE(knows("/ab"));
}

TEST_F(DirSizeCacheTest, InvalidatingTheRootForgetsEverything) {
  for (const char* path : {"/", "/a", "/b/c"}) cache_.put(path, kStamp, sized(1));
  cache_.invalidate("/");
  EXPECT_EQ(cache_.stats().entries, 0u);
}

TEST_F(DirSizeCacheTest, DropsTheLeastRecentlyUsedFirst) {
  cache_.resize(2);
  cache_.put("/a", kStamp, sized(1));
  cache_.put("/b", kStamp, sized(1));
  EXPECT_TRUE(knows("/a"));
  cache_.put("/c", kStamp, sized(1));
  EXPECT_TRUE(knows("/a"));
  EXPECT_FALSE(knows("/b"));
  EXPECT_EQ(cache_.stats().evictions, 1u);
}

TEST_F(DirSizeCacheTest, KeepsNothingWithoutRoom) {
  cache_.resize(0);
  use("/a");
  EXPECT_FALSE(knows("/a"));
  EXPECT_THAT(cache_.hot_paths(10), IsEmpty());
}

TEST_F(DirSizeCacheTest, FreshAnswersNeedNoRefresh) {
  use("/a");
  EXPECT_THAT(cache_.hot_paths(10), IsEmpty());
  clock_.advance(150s);
  EXPECT_THAT(cache_.hot_paths(10), IsEmpty());
  clock_.advance(1s);
  EXPECT_THAT(cache_.hot_paths(10), ElementsAre("/a"));
}

TEST_F(DirSizeCacheTest, RefreshesTheMostUsedFirst) {
  for (int i = 0; i < 3; ++i) use("/often");
  use("/once");
  for (int i = 0; i < 2; ++i) use("/twice");
  clock_.advance(200s);
  EXPECT_THAT(cache_.hot_paths(10), ElementsAre("/often", "/twice", "/once"));
  EXPECT_THAT(cache_.hot_paths(2), ElementsAre("/often", "/twice"));
}

TEST_F(DirSizeCacheTest, AUseOfYesterdayCountsHalf) {
  for (int i = 0; i < 3; ++i) use("/yesterday");  // three uses, 0.75 two days later
  clock_.advance(48h);
  use("/today");
  clock_.advance(200s);
  // Both are refreshed; the older answer is four times as stale, which outweighs one use.
  EXPECT_THAT(cache_.hot_paths(10), ElementsAre("/yesterday", "/today"));
  cache_.put("/yesterday", kStamp, sized(1));
  cache_.put("/today", kStamp, sized(1));
  clock_.advance(200s);
  EXPECT_THAT(cache_.hot_paths(10), ElementsAre("/today", "/yesterday"));
}

TEST_F(DirSizeCacheTest, ForgetsPathsNobodyAsksForAnyMore) {
  use("/a");
  clock_.advance(24h * 7);
  EXPECT_THAT(cache_.hot_paths(10), IsEmpty());
}

TEST_F(DirSizeCacheTest, SheddingForgetsSizesAndKeepsWhatIsHot) {
  use("/a");
  use("/b");
  cache_.shed();
  EXPECT_EQ(cache_.stats().entries, 0u);
  EXPECT_THAT(cache_.hot_paths(10), UnorderedElementsAre("/a", "/b"));
}

TEST_F(DirSizeCacheTest, APathThatWasInvalidatedIsNoLongerHotButItsNeighboursAre) {
  use("/a");
  use("/a/b");
  cache_.invalidate("/a/b");
  clock_.advance(200s);
  EXPECT_THAT(cache_.hot_paths(10), ElementsAre("/a"));
}

TEST_F(DirSizeCacheTest, WhatIsHotOutlivesARestart) {
  for (int i = 0; i < 3; ++i) use("/often");
  use("/once");
  clock_.advance(24h);
  DirSizeCache next(100, 300s, clock_);
  for (const auto& [path, score] : cache_.hottest(10)) next.restore_use(path, score, 24h);
  EXPECT_THAT(next.hottest(10), ElementsAre(Pair("/often", DoubleNear(0.75, 0.001)),
                                            Pair("/once", DoubleNear(0.25, 0.001))));
  EXPECT_THAT(next.hot_paths(10), ElementsAre("/often", "/once"));
  EXPECT_THAT(next.hottest(1), ElementsAre(Pair("/often", DoubleNear(0.75, 0.001))));
}

TEST_F(DirSizeCacheTest, NonsenseIsNotRestored) {
  const double infinity = std::numeric_limits<double>::infinity();
  cache_.restore_use("", 1, 0s);
  cache_.restore_use("relative", 1, 0s);
  for (const double score : {infinity, -infinity, std::nan(""), -1.0, 0.0})
    cache_.restore_use("/a", score, 0s);
  cache_.restore_use("/old", 1, 24h * 365);
  EXPECT_THAT(cache_.hottest(10), IsEmpty());
}

TEST_F(DirSizeCacheTest, AnAnswerIsAsOldAsItsOldestPart) {
  model::TreeSize size = sized(1);
  size.as_of = clock_.wall_now() - 200s;
  cache_.put("/a", kStamp, size);
  clock_.advance(99s);
  EXPECT_TRUE(knows("/a"));
  clock_.advance(1s);
  EXPECT_FALSE(knows("/a"));
}

TEST_F(DirSizeCacheTest, ForgettingAnswersKeepsThePathsHot) {
  use("/a");
  use("/a");
  cache_.forget("/a/");
  EXPECT_EQ(cache_.stats().entries, 0u);
  EXPECT_NEAR(cache_.uses("/a"), 2, 0.01);
  EXPECT_THAT(cache_.hot_paths(10), ElementsAre("/a"));
}

TEST_F(DirSizeCacheTest, SaysWhatItTakes) {
  const std::size_t empty = cache_.stats().bytes;
  model::TreeSize size = sized(1);
  size.errors.assign(50, {std::string(200, 'p'), "permission denied"});
  cache_.put("/a", kStamp, size);
  EXPECT_GT(cache_.stats().bytes, empty + 50 * 200);
  cache_.shed();
  EXPECT_EQ(cache_.stats().bytes, empty);
}

TEST(StampOf, ChangesWithTheDirectory) {
  std::string directory = "/tmp/lull-stamp-XXXXXX";
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const auto before = stamp_of(directory);
  std::ofstream(directory + "/file") << "x";
  const auto after = stamp_of(directory);
  ::unlink((directory + "/file").c_str());
  ::rmdir(directory.c_str());
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->inode, after->inode);
  EXPECT_FALSE(*before == *after);
  EXPECT_EQ(stamp_of(directory).error().code, base::ErrorCode::kNotFound);
}

}  // namespace
}  // namespace lull::cache
