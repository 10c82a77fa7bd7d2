// SPDX-License-Identifier: MIT
#include "core/base/buffer_pool.h"

#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace lull::base {
namespace {

TEST(BufferPool, LendsAgainWhatCameBack) {
  BufferPool pool(4096, 2);
  const std::byte* first = nullptr;
  {
    const auto lease = pool.take();
    first = lease.data();
    EXPECT_EQ(lease.size(), 4096u);
  }
  EXPECT_EQ(pool.idle_buffers(), 1u);
  EXPECT_EQ(pool.take().data(), first);
}

TEST(BufferPool, KeepsNoMoreThanItsCapacity) {
  BufferPool pool(64, 2);
  {
    std::vector<BufferPool::Lease> leases;
    for (int i = 0; i < 5; ++i) leases.push_back(pool.take());
  }
  EXPECT_EQ(pool.idle_buffers(), 2u);
}

TEST(BufferPool, FollowsAnotherCapacity) {
  BufferPool pool(64, 3);
  {
    const auto a = pool.take();
    const auto b = pool.take();
    const auto c = pool.take();
  }
  pool.set_capacity(1);
  EXPECT_EQ(pool.idle_buffers(), 1u);
  {
    const auto a = pool.take();
    const auto b = pool.take();
  }
  EXPECT_EQ(pool.idle_buffers(), 1u);
}

TEST(BufferPool, GivesEverythingIdleBackWhenAsked) {
  BufferPool pool(1024, 4);
  const auto kept = pool.take();
  {
    const auto a = pool.take();
    const auto b = pool.take();
  }
  EXPECT_EQ(pool.shed(), 2048u);
  EXPECT_EQ(pool.idle_buffers(), 0u);
  EXPECT_EQ(pool.shed(), 0u);
}

TEST(BufferPool, ServesThreadsAtOnce) {
  BufferPool pool(256, 3);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const auto lease = pool.take();
        std::memset(lease.data(), t, lease.size());
        for (std::size_t at = 0; at < lease.size(); ++at)
          ASSERT_EQ(std::to_integer<int>(lease.data()[at]), t);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_LE(pool.idle_buffers(), 3u);
}

}  // namespace
}  // namespace lull::base
