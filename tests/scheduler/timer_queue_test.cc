// SPDX-License-Identifier: MIT
#include "scheduler/timer_queue.h"

#include <algorithm>
#include <deque>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace lull::scheduler::detail {
namespace {

using namespace std::chrono_literals;

base::SteadyTime at(base::Duration since) { return base::SteadyTime(since); }

TEST(TimerQueue, AnEmptyQueueNeverWakes) {
  TimerQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.next_wake(), std::nullopt);
  EXPECT_FALSE(queue.fire(base::SteadyTime::max()));
}

TEST(TimerQueue, WakesAtTheEarliestLatestAndServesAllWhoAreDue) {
  TimerQueue queue;
  Timer early(at(10s), 20s), strict(at(25s), 0s), later(at(26s), 60s);
  for (Timer* timer : {&early, &strict, &later}) queue.add(*timer);
  ASSERT_EQ(queue.next_wake(), at(25s));
  EXPECT_TRUE(queue.fire(at(25s)));
  EXPECT_TRUE(early.fired());
  EXPECT_TRUE(strict.fired());
  EXPECT_FALSE(later.fired());
  EXPECT_EQ(queue.next_wake(), at(86s));
}

TEST(TimerQueue, ADestroyedTimerLeaves) {
  TimerQueue queue;
  {
    Timer gone(at(1s), 0s);
    queue.add(gone);
    EXPECT_EQ(queue.next_wake(), at(1s));
  }
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.next_wake(), std::nullopt);
  EXPECT_FALSE(queue.fire(at(2s)));
}

TEST(TimerQueue, ToleranceBeyondTheEndOfTimeOrBelowZeroIsCut) {
  const Timer endless(base::SteadyTime::max() - 1s, base::Duration::max());
  EXPECT_EQ(endless.latest(), base::SteadyTime::max());
  const Timer negative(at(5s), -3s);
  EXPECT_EQ(negative.latest(), at(5s));
  const Timer last(base::SteadyTime::max(), 1h);
  EXPECT_EQ(last.latest(), base::SteadyTime::max());
}

// Against the definition, on random intervals: nobody is woken early or late, and no set of
// wake-ups that serves all can be smaller than the number of pairwise disjoint intervals.
TEST(TimerQueue, NobodyIsEarlyOrLateAndTheNumberOfWakeUpsIsTheLeastPossible) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    std::deque<Timer> timers;
    TimerQueue queue;
    for (int i = 0; i < 200; ++i) {
      timers.emplace_back(at(std::chrono::seconds(random() % 1000)),
                          std::chrono::seconds(random() % 30));
      queue.add(timers.back());
    }
    std::vector<bool> seen(timers.size());
    int wake_ups = 0;
    int disjoint = 0;
    base::SteadyTime end_of_last = at(-1s);
    while (const auto wake = queue.next_wake()) {
      ASSERT_TRUE(queue.fire(*wake));
      ++wake_ups;
      for (std::size_t i = 0; i < timers.size(); ++i) {
        if (!timers[i].fired() || seen[i]) continue;
        seen[i] = true;
        ASSERT_GE(*wake, timers[i].due());
        ASSERT_LE(*wake, timers[i].latest());
      }
    }
    std::vector<std::pair<base::SteadyTime, base::SteadyTime>> by_end;
    for (const Timer& timer : timers) by_end.emplace_back(timer.latest(), timer.due());
    std::sort(by_end.begin(), by_end.end());
    for (const auto& [latest, due] : by_end) {
      if (due <= end_of_last) continue;
      ++disjoint;
      end_of_last = latest;
    }
    EXPECT_EQ(wake_ups, disjoint) << "seed " << seed;
    EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 200);
  }
}

}  // namespace
}  // namespace lull::scheduler::detail
