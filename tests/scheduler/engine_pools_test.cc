// SPDX-License-Identifier: MIT
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <latch>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <pthread.h>

#include "scheduler/executor.h"
#include "scheduler/thread_crew.h"
#include "tests/scheduler/thread_watch.h"

namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;

TEST(BlockingPool, RunsNoMoreThanItsThreadsAndAllThatIsSubmitted) {
  std::atomic<int> now = 0, most = 0, done = 0;
  {
    BlockingPool pool(2);
    for (int i = 0; i < 50; ++i) {
      pool.submit([&] {
        const int running = ++now;
        int seen = most;
        while (running > seen && !most.compare_exchange_weak(seen, running)) {
        }
        std::this_thread::yield();
        --now;
        ++done;
      });
    }
  }
  EXPECT_EQ(done, 50);  // the destructor waited
  EXPECT_LE(most, 2);
  EXPECT_TRUE(soon([] { return threads_named("lull-block") == 0; }));
}

TEST(BlockingPool, StartsThreadsOnDemandAndReusesThem) {
  BlockingPool pool(2);
  EXPECT_EQ(threads_named("lull-block"), 0U);
  std::set<pthread_t> seen;
  for (int i = 0; i < 20; ++i) {
    std::latch done(1);
    pthread_t id{};
    std::array<char, 16> name{};
    pool.submit([&] {
      id = pthread_self();
      pthread_getname_np(id, name.data(), name.size());
      done.count_down();
    });
    done.wait();
    seen.insert(id);
    EXPECT_STREQ(name.data(), "lull-block");
  }
  EXPECT_LE(seen.size(), 2U);
}

TEST(BlockingPool, AThreadThatHangsDoesNotHoldUpTheOther) {
  BlockingPool pool(2);
  std::latch release(1), second(1);
  pool.submit([&] { release.wait(); });
  pool.submit([&] { second.count_down(); });
  second.wait();
  release.count_down();
}

TEST(BlockingPool, ItsStacksAreSmall) {
  BlockingPool pool(1);
  std::size_t bytes = 0;
  std::latch done(1);
  pool.submit([&] {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, &bytes);
    pthread_attr_destroy(&attributes);
    done.count_down();
  });
  done.wait();
  EXPECT_GE(bytes, std::size_t{256} * 1024);
  EXPECT_LE(bytes, std::size_t{2} * 1024 * 1024);  // sanitizers ask for more than we do
}

TEST(ThreadCrew, IdleThreadsEndByThemselves) {
  detail::ThreadCrew crew(
      {.name = "crew-brief", .threads = 3, .stack_bytes = 1 << 18, .idle_time = 1ms});
  for (int round = 0; round < 3; ++round) {
    std::latch done(3);
    for (int i = 0; i < 3; ++i) crew.submit([&] { done.count_down(); });
    done.wait();
    EXPECT_TRUE(soon([] { return threads_named("crew-brief") == 0; }));
  }
}

TEST(ThreadCrew, ShedEndsIdleThreadsNowAndBusyOnesWhenTheyAreDone) {
  detail::ThreadCrew crew({.name = "crew-shed", .threads = 2, .stack_bytes = 1 << 18});
  std::latch begun(1), release(1);
  crew.submit([&] {
    begun.count_down();
    release.wait();
  });
  begun.wait();
  std::latch second(1);
  crew.submit([&] { second.count_down(); });
  second.wait();
  crew.shed();
  EXPECT_TRUE(soon([] { return threads_named("crew-shed") == 1; }));
  release.count_down();
  EXPECT_TRUE(soon([] { return threads_named("crew-shed") == 0; }));
  std::latch again(1);
  crew.submit([&] { again.count_down(); });
  again.wait();
}

TEST(ThreadCrew, SubmitsAndShedsFromManyThreadsLoseNothing) {
  std::atomic<int> done = 0;
  {
    detail::ThreadCrew crew(
        {.name = "crew-storm", .threads = 3, .stack_bytes = 1 << 18, .idle_time = 100us});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 500; ++i) {
          crew.submit([&] { ++done; });
          if ((i + t) % 7 == 0) crew.shed();
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(done, 2000);
}

TEST(ThreadCrew, ABackgroundThreadMayNotStartNormalOnes) {
  detail::ThreadCrew background(
      {.name = "crew-low", .threads = 1, .stack_bytes = 1 << 18, .background = true});
  detail::ThreadCrew normal({.name = "crew-normal", .threads = 1, .stack_bytes = 1 << 18});
  bool refused = false;
  std::latch done(1);
  background.submit([&] {
    try {
      normal.submit([] {});
    } catch (const std::logic_error&) {
      refused = true;
    }
    done.count_down();
  });
  done.wait();
  EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace lull::scheduler
