// SPDX-License-Identifier: MIT
#include "core/base/lru_cache.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace lull::base {
namespace {

TEST(LruCache, DropsTheLeastRecentlyUsed) {
  LruCache<std::string, int> cache(2);
  cache.put("a", 1);
  cache.put("b", 2);
  ASSERT_NE(cache.get("a"), nullptr);
  cache.put("c", 3);
  EXPECT_EQ(cache.get("b"), nullptr);
  EXPECT_EQ(*cache.get("a"), 1);
  EXPECT_EQ(*cache.get("c"), 3);
  EXPECT_EQ(cache.evictions(), 1u);
  EXPECT_EQ(cache.hits(), 3u);
  EXPECT_EQ(cache.misses(), 1u);
}

TEST(LruCache, PutReplacesAndRefreshes) {
  LruCache<std::string, int> cache(2);
  cache.put("a", 1);
  cache.put("b", 2);
  cache.put("a", 10);
  cache.put("c", 3);
  EXPECT_EQ(cache.peek("b"), nullptr);
  EXPECT_EQ(*cache.peek("a"), 10);
}

TEST(LruCache, CapacityZeroKeepsNothing) {
  LruCache<int, int> cache(0);
  cache.put(1, 1);
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(cache.get(1), nullptr);
}

TEST(LruCache, ShrinkingEvictsTheOldest) {
  LruCache<int, int> cache(10);
  for (int i = 0; i < 10; ++i) cache.put(i, i);
  cache.resize(3);
  EXPECT_EQ(cache.size(), 3u);
  for (int i = 7; i < 10; ++i) EXPECT_NE(cache.peek(i), nullptr) << i;
}

TEST(LruCache, ErasesWhatAPredicateNames) {
  LruCache<int, int> cache(10);
  for (int i = 0; i < 10; ++i) cache.put(i, i);
  EXPECT_EQ(cache.erase_if([](int key, int) { return key % 2 == 0; }), 5u);
  EXPECT_EQ(cache.peek(2), nullptr);
  EXPECT_NE(cache.peek(3), nullptr);
  EXPECT_TRUE(cache.erase(3));
  EXPECT_FALSE(cache.erase(3));
  cache.clear();
  EXPECT_EQ(cache.size(), 0u);
  cache.put(1, 1);
  EXPECT_EQ(*cache.get(1), 1);
}

TEST(LruCache, HoldsThingsThatOnlyMove) {
  LruCache<int, std::unique_ptr<int>> cache(1);
  cache.put(1, std::make_unique<int>(7));
  EXPECT_EQ(**cache.get(1), 7);
}

}  // namespace
}  // namespace lull::base
