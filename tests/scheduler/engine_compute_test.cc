// SPDX-License-Identifier: MIT
#include <atomic>
#include <barrier>
#include <chrono>
#include <compare>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_reduce.h>
#include <oneapi/tbb/task_arena.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/offload.h"
#include "scheduler/task_group.h"
#include "tests/scheduler/thread_watch.h"

namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;
namespace tbb = oneapi::tbb;

struct Standing {
  int policy = -1;
  long io_class = -1;
  auto operator<=>(const Standing&) const = default;
};
Standing my_standing() { return {sched_getscheduler(0), syscall(SYS_ioprio_get, 1, 0) >> 13}; }

// Keeps `width` threads in one parallel_for at the same time: returns only if that many came.
std::set<pthread_t> meet(unsigned width) {
  std::mutex mutex;
  std::set<pthread_t> threads;
  std::barrier everybody(static_cast<std::ptrdiff_t>(width));
  tbb::parallel_for(
      tbb::blocked_range<unsigned>(0, width, 1),
      [&](const tbb::blocked_range<unsigned>&) {
        {
          const std::lock_guard lock(mutex);
          threads.insert(pthread_self());
        }
        everybody.arrive_and_wait();
      },
      tbb::simple_partitioner());
  return threads;
}

class ComputePoolOfWidth : public ::testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Widths, ComputePoolOfWidth, ::testing::Values(1U, 2U, 3U, 8U));

TEST_P(ComputePoolOfWidth, AParallelLoopUsesTheWholeWidthAndNoThreadBeyondOurOwn) {
  const unsigned width = GetParam();
  Engine engine;
  ComputePool pool(width);
  EXPECT_EQ(pool.width(), width);
  const auto process_threads = [] {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& task :
         std::filesystem::directory_iterator("/proc/self/task")) {
      ++count;
    }
    return count;
  };
  std::thread([] {}).join();  // ThreadSanitizer adds a thread of its own with the first
  const std::size_t before = process_threads();
  engine.run([&] {
    for (Executor* side : {&pool.background(), &pool.foreground()}) {
      const auto threads = offload(engine, *side, [&] {
        EXPECT_EQ(tbb::this_task_arena::max_concurrency(), static_cast<int>(width));
        return meet(width);
      });
      EXPECT_EQ(threads.size(), width);
    }
    EXPECT_EQ(threads_named("lull-idle"), width);
    EXPECT_EQ(threads_named("lull-click"), width);
    EXPECT_EQ(process_threads(), before + 2 * width);
  });
}

TEST(ComputePool, BackgroundIsLowAndForegroundIsNotInWhateverOrder) {
  Engine engine;
  ComputePool pool(3);
  const Standing mine = my_standing();
  ASSERT_EQ(mine.policy, SCHED_OTHER);
  const auto standings = [] {
    std::mutex mutex;
    std::set<Standing> seen;
    std::barrier everybody(3);
    tbb::parallel_for(
        tbb::blocked_range<int>(0, 3, 1),
        [&](const tbb::blocked_range<int>&) {
          const Standing standing = my_standing();
          {
            const std::lock_guard lock(mutex);
            seen.insert(standing);
          }
          everybody.arrive_and_wait();
        },
        tbb::simple_partitioner());
    return seen;
  };
  engine.run([&] {
    for (int round = 0; round < 5; ++round) {
      EXPECT_EQ(offload(engine, pool.background(), standings),
                (std::set<Standing>{{SCHED_IDLE, 3}}));
      EXPECT_EQ(offload(engine, pool.foreground(), standings),
                (std::set<Standing>{{SCHED_OTHER, mine.io_class}}));
      if (round % 2 == 1) pool.shed();
    }
  });
  EXPECT_EQ(my_standing(), mine);
}

TEST(ComputePool, BothSidesAtOnceKeepTheirStanding) {
  Engine engine;
  ComputePool pool(2);
  std::atomic<int> wrong = 0;
  engine.run([&] {
    TaskGroup group(engine);
    for (int i = 0; i < 4; ++i) {
      const bool low = i % 2 == 0;
      group.spawn("side", [&, low](const base::CancelToken&) {
        for (int round = 0; round < 20; ++round) {
          offload(engine, low ? pool.background() : pool.foreground(), [&] {
            tbb::parallel_for(0, 200, [&](int) {
              if (sched_getscheduler(0) != (low ? SCHED_IDLE : SCHED_OTHER)) ++wrong;
            });
          });
        }
      });
    }
    group.join();
  });
  EXPECT_EQ(wrong, 0);
}

TEST(ComputePool, ExceptionsComeBackOutOfParallelLoops) {
  Engine engine;
  ComputePool pool(2);
  engine.run([&] {
    EXPECT_THROW(offload(engine, pool.background(),
                         [] {
                           tbb::parallel_for(0, 1000, [](int i) {
                             if (i == 777) throw std::out_of_range("in the loop");
                           });
                         }),
                 std::out_of_range);
    EXPECT_EQ(offload(engine, pool.background(), [] { return 1; }), 1);
  });
}

TEST(ComputePool, MoreWorkThanThreadsRunsToItsEndWithRightResults) {
  Engine engine;
  ComputePool pool(2);
  long total = 0;
  engine.run([&] {
    TaskGroup group(engine);
    for (int fiber = 0; fiber < 10; ++fiber) {
      group.spawn("reduces", [&](const base::CancelToken&) {
        for (int round = 0; round < 10; ++round) {
          total += offload(engine, pool.foreground(), [] {
            return tbb::parallel_reduce(
                tbb::blocked_range<long>(0, 10'000, 100), 0L,
                [](const tbb::blocked_range<long>& range, long sum) {
                  for (long i = range.begin(); i < range.end(); ++i) sum += i;
                  return sum;
                },
                std::plus<>());
          });
        }
      });
    }
    group.join();
  });
  EXPECT_EQ(total, 100L * (10'000L * 9'999L / 2));
}

// All threads are helpers of a long loop; new work must not wait for its end.
TEST(ComputePool, NewWorkGetsAThreadWhileAnotherHasHelpersEverywhere) {
  Engine engine;
  ComputePool pool(2);
  engine.run([&] {
    TaskGroup group(engine);
    std::atomic<bool> release = false;
    std::atomic<int> inside = 0;
    group.spawn("long", [&](const base::CancelToken&) {
      offload(engine, pool.background(), [&] {
        meet(2);  // the helper is here
        ++inside;
        release.wait(false);
      });
    });
    while (inside == 0) engine.sleep_for(100us);
    EXPECT_EQ(offload(engine, pool.background(), [] { return 5; }), 5);
    release = true;
    release.notify_all();
    group.join();
  });
}

// The helper that made room must come back for the one who is left.
TEST(ComputePool, HelpersReturnToLongWorkAfterMakingRoom) {
  Engine engine;
  ComputePool pool(2);
  engine.run([&] {
    TaskGroup group(engine);
    std::atomic<int> stage = 0;
    group.spawn("long", [&](const base::CancelToken&) {
      offload(engine, pool.background(), [&] {
        meet(2);
        stage = 1;
        stage.notify_all();
        stage.wait(1);
        EXPECT_EQ(meet(2).size(), 2U);
      });
    });
    while (stage == 0) engine.sleep_for(100us);
    offload(engine, pool.background(), [] {});
    stage = 2;
    stage.notify_all();
    group.join();
  });
}

// Helpers of one piece of work are on their way out when the next begins, which needs them all.
TEST(ComputePool, WorkRightAfterWorkGetsItsHelpers) {
  Engine engine;
  ComputePool pool(3);
  engine.run([&] {
    for (int round = 0; round < 300; ++round) {
      offload(engine, pool.foreground(), [] { EXPECT_EQ(meet(3).size(), 3U); });
    }
  });
}

TEST(ComputePool, ShedGivesAllThreadsBack) {
  Engine engine;
  ComputePool pool(4);
  engine.run([&] {
    for (int round = 0; round < 3; ++round) {
      offload(engine, pool.background(), [] { meet(4); });
      offload(engine, pool.foreground(), [] { meet(4); });
      EXPECT_GE(pool_threads(), 8U);
      pool.shed();
      EXPECT_TRUE(soon([] { return pool_threads() == 0; }));
    }
  });
}

TEST(ComputePool, ShedWhileWorkRunsHarmsNothing) {
  Engine engine;
  ComputePool pool(3);
  std::atomic<bool> stop = false;
  std::thread shedder([&] {
    while (!stop) pool.shed();
  });
  long sum = 0;
  engine.run([&] {
    for (int round = 0; round < 200; ++round) {
      sum += offload(engine, pool.foreground(), [] {
        std::atomic<int> count = 0;
        tbb::parallel_for(0, 100, [&](int) { ++count; });
        return count.load();
      });
    }
  });
  stop = true;
  shedder.join();
  EXPECT_EQ(sum, 20'000);
}

TEST(ComputePool, IdleThreadsDoNotWakeUp) {
  Engine engine;
  ComputePool pool(2);
  BlockingPool blocking(2);
  // Of the pools' threads alone: a sanitizer may have one of its own.
  const auto switches = [] {
    long sum = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
      std::ifstream comm(task.path() / "comm"), status(task.path() / "status");
      std::string name;
      std::getline(comm, name);
      if (!name.starts_with("lull-") || name.starts_with("lull-scheduler")) continue;
      for (std::string line; std::getline(status, line);) {
        if (line.starts_with("voluntary_ctxt_switches:")) sum += std::stol(line.substr(24));
      }
    }
    return sum;
  };
  engine.run([&] {
    offload(engine, pool.background(), [] { meet(2); });
    offload(engine, pool.foreground(), [] { meet(2); });
    offload(engine, blocking, [] {});
    // On a loaded machine it takes a while until everybody has found a place to sleep; who wakes up
    // now and then would be seen in every window.
    bool quiet = false;
    for (int window = 0; window < 20 && !quiet; ++window) {
      const long before = switches();
      engine.sleep_for(300ms);
      quiet = switches() == before;
    }
    EXPECT_TRUE(quiet);
    EXPECT_GE(pool_threads(), 5U);
  });
}

// Shedding must not wait for threads that were called back to work meanwhile.
TEST(ComputePool, ShedReturnsThoughNewWorkComesInBetween) {
  ComputePool pool(2);
  std::atomic<bool> stop = false;
  std::thread submitter([&] {
    while (!stop) {
      std::latch done(1);
      pool.foreground().submit([&] { done.count_down(); });
      done.wait();
    }
  });
  const auto begun = std::chrono::steady_clock::now();
  int sheds = 0;
  for (; sheds < 3000; ++sheds) pool.shed();
  stop = true;
  submitter.join();
  EXPECT_EQ(sheds, 3000);
  // Far below the ten seconds after which idle threads end by themselves and would let it return.
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

}  // namespace
}  // namespace lull::scheduler
