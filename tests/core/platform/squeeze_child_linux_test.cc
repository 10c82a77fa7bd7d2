// SPDX-License-Identifier: MIT
#include <atomic>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/platform/squeeze_child.h"

namespace lull::platform {
namespace {

std::string read_word(const std::string& path) {
  std::string word;
  std::ifstream(path) >> word;
  return word;
}

TEST(SqueezeChild, IsTheFirstToBeEndedAndGivesAllBack) {
  const auto child = start_squeeze_child();
  ASSERT_TRUE(child) << child.error().to_string();
  const std::string proc = "/proc/" + std::to_string((*child)->pid());
  EXPECT_EQ(read_word(proc + "/oom_score_adj"), "1000");
  for (int round = 0; round < 3; ++round)
    EXPECT_TRUE((*child)->squeeze(4 << 20, [] { return true; }));
}

TEST(SqueezeChild, IsEndedInTheMidstAndReaped) {
  pid_t pid = 0;
  {
    auto child = start_squeeze_child();
    ASSERT_TRUE(child);
    pid = (*child)->pid();
    const auto stopped = (*child)->squeeze(4 << 20, [] { return false; });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, base::ErrorCode::kCancelled);
    EXPECT_FALSE((*child)->squeeze(4096, [] { return true; })) << "it is of no more use";
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

// As in the agent, whose other threads may hold locks of the heap at that instant.
TEST(SqueezeChild, StartsBesideThreadsThatUseTheHeap) {
  std::atomic<bool> is_over = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      while (!is_over) std::vector<std::string>(100, std::string(1000, 'x'));
    });
  for (int round = 0; round < 20; ++round) {
    const auto child = start_squeeze_child();
    EXPECT_TRUE(child && (*child)->squeeze(1 << 20, [] { return true; })) << round;
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
}

TEST(SqueezeChild, WhatIsTooMuchIsSaid) {
  auto child = start_squeeze_child();
  ASSERT_TRUE(child);
  EXPECT_FALSE((*child)->squeeze(std::uint64_t{1} << 62, [] { return true; }));
}

// Whoever started it is killed: nobody is left to end it but the kernel.
TEST(SqueezeChild, EndsWithItsParent) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::close(ends[0]);
    auto child = start_squeeze_child();
    const pid_t pid = child ? (*child)->pid() : 0;
    (void)!::write(ends[1], &pid, sizeof pid);
    ::kill(::getpid(), SIGKILL);
  }
  ::close(ends[1]);
  pid_t pid = 0;
  ASSERT_EQ(::read(ends[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  ASSERT_GT(pid, 0);
  ::waitpid(parent, nullptr, 0);
  // The pipe's other end was the child's too: it is closed when that has ended.
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);
  ::close(ends[0]);
}

}  // namespace
}  // namespace lull::platform
