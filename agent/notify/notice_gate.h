// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <string>

#include "agent/notify/notice.h"
#include "core/base/clock.h"

namespace lull::agent::notify {

// Keeps notices rare: a topic speaks at most once in ten minutes (urgent: in two), and all of them
// together at most six times an hour. What a person asked for passes and does not count. Pure; one
// thread at a time.
class NoticeGate {
 public:
  static constexpr auto kTopicPause = std::chrono::minutes(10);
  static constexpr auto kUrgentPause = std::chrono::minutes(2);
  static constexpr auto kWindow = std::chrono::hours(1);
  static constexpr std::size_t kMostInWindow = 6;

  // Whether it may be shown now; counts it if so.
  bool admit(const Notice& notice, base::SteadyTime now);
  // What it admitted then was not shown, and does not count.
  void withdraw(const Notice& notice, base::SteadyTime then);

 private:
  std::map<std::string, base::SteadyTime> last_;  // by topic
  std::deque<base::SteadyTime> recent_;           // within the window
};

}  // namespace lull::agent::notify
