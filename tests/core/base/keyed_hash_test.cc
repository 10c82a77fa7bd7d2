// SPDX-License-Identifier: MIT
#include "core/base/keyed_hash.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace lull::base {
namespace {

constexpr std::uint64_t kLow = 0x0706050403020100ull;
constexpr std::uint64_t kHigh = 0x0f0e0d0c0b0a0908ull;

std::string counting(std::size_t length) {
  std::string bytes;
  for (std::size_t i = 0; i < length; ++i) bytes += static_cast<char>(i);
  return bytes;
}

TEST(KeyedHash, IsSipHashAsPublished) {
  const KeyedHash hash(kLow, kHigh);
  // Appendix A of the paper.
  EXPECT_EQ(hash(counting(15)), 0xa129ca6149be45e5ull);
  // The authors' reference vectors for 0, 1, 7 and 8 bytes.
  EXPECT_EQ(hash(counting(0)), 0x726fdb47dd0e0e31ull);
  EXPECT_EQ(hash(counting(1)), 0x74f839c593dc67fdull);
  EXPECT_EQ(hash(counting(7)), 0xab0200f58b01d137ull);
  EXPECT_EQ(hash(counting(8)), 0x93f5f5799a932462ull);
}

TEST(KeyedHash, AnotherKeyGivesOtherNumbers) {
  EXPECT_NE(KeyedHash(kLow, kHigh)("/a"), KeyedHash(kLow + 1, kHigh)("/a"));
  EXPECT_NE(KeyedHash(kLow, kHigh)("/a"), KeyedHash(kLow, kHigh + 1)("/a"));
  EXPECT_NE(KeyedHash::random()("/a"), KeyedHash::random()("/a"));
}

TEST(KeyedHash, TellsSimilarTextsApart) {
  const KeyedHash hash(1, 2);
  std::set<std::uint64_t> seen;
  for (std::size_t length = 0; length <= 64; ++length) {
    EXPECT_TRUE(seen.insert(hash(std::string(length, '\0'))).second) << length;
    EXPECT_TRUE(seen.insert(hash(std::string(length, 'a') + "b")).second) << length;
  }
}

}  // namespace
}  // namespace lull::base
