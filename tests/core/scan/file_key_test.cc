// SPDX-License-Identifier: MIT
#include "core/scan/file_key.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace lull::scan {
namespace {

TEST(FileKeySet, HasNothingAtFirst) {
  const FileKeySet keys;
  EXPECT_TRUE(keys.empty());
  EXPECT_FALSE(keys.contains({1, 1}));
}

TEST(FileKeySet, SaysWhatAnOrdinarySetSays) {
  std::mt19937_64 random(7);
  FileKeySet keys;
  std::set<FileKey> model;
  for (int round = 0; round < 50; ++round) {
    std::vector<FileKey> more;
    for (int i = 0; i < 100; ++i) more.push_back({random() % 3, 1 + random() % 5'000});
    keys.insert(more);
    model.insert(more.begin(), more.end());
    for (dev_t device = 0; device < 4; ++device)
      for (ino_t inode = 1; inode < 5'010; ++inode)
        ASSERT_EQ(keys.contains({device, inode}), model.contains({device, inode}));
  }
  EXPECT_FALSE(keys.empty());
}

}  // namespace
}  // namespace lull::scan
