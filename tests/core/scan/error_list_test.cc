// SPDX-License-Identifier: MIT
#include "core/scan/error_list.h"

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/scan/inode_set.h"

namespace lull::scan {
namespace {

TEST(ErrorList, KeepsTheFirstHundredInTheOrderOfTheirPaths) {
  ErrorList list;
  for (int i = 1299; i >= 1000; --i) list.add("/p" + std::to_string(i), EACCES);
  EXPECT_EQ(list.count(), 300u);
  const auto errors = list.take_sorted();
  ASSERT_EQ(errors.size(), 100u);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(errors[static_cast<std::size_t>(i)].path, "/p" + std::to_string(1000 + i));
  EXPECT_EQ(errors.front().error, "permission denied");
}

TEST(ErrorList, LosesNothingBetweenThreads) {
  ErrorList list;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&list, t] {
      for (int i = 0; i < 500; ++i) list.add(std::to_string(i * 4 + t + 10000), EIO);
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(list.count(), 2000u);
  const auto errors = list.take_sorted();
  ASSERT_EQ(errors.size(), 100u);
  EXPECT_EQ(errors.front().path, "10000");
  EXPECT_EQ(errors.back().path, "10099");
}

TEST(InodeSet, TellsTheFirstMeetingFromEveryOther) {
  InodeSet set;
  for (std::uint64_t inode = 0; inode < 50'000; ++inode) EXPECT_TRUE(set.insert(inode * 64));
  for (std::uint64_t inode = 0; inode < 50'000; ++inode) EXPECT_FALSE(set.insert(inode * 64));
}

TEST(InodeSet, AdmitsAnInodeForOneThreadOnly) {
  InodeSet set;
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (std::uint64_t inode = 1; inode <= 20'000; ++inode)
        if (set.insert(inode)) ++admitted;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted.load(), 20'000);
}

}  // namespace
}  // namespace lull::scan
