// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include <boost/intrusive/set.hpp>

#include "core/base/clock.h"
#include "scheduler/parking.h"

namespace lull::scheduler::detail {

// One sleeper: may be woken anywhere in [due, latest]. Lives on the sleeper's stack and leaves its
// queue when destroyed.
class Timer {
 public:
  // A tolerance that would reach beyond the end of time, or a negative one, is cut.
  Timer(base::SteadyTime due, base::Duration tolerance);

  base::SteadyTime due() const { return due_; }
  base::SteadyTime latest() const { return latest_; }
  bool fired() const { return fired_; }
  Parking parking;

 private:
  friend class TimerQueue;
  using Hook =
      boost::intrusive::set_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
  base::SteadyTime due_, latest_;
  bool fired_ = false;
  Hook by_due_, by_latest_;
};

// All sleepers of an engine. Merges them into as few wake-ups as can be: the engine wakes at the
// earliest `latest` of all and then serves everyone who is due (for intervals on a line that greedy
// choice is optimal). Adding and firing cost O(log n) and no allocation. Engine thread only.
class TimerQueue {
 public:
  void add(Timer& timer);
  bool empty() const { return by_due_.empty(); }
  // When the engine must be awake at the latest; nullopt: never.
  std::optional<base::SteadyTime> next_wake() const;
  // Wakes everyone due at `now`, in the order of their due times (equal ones in the order they were
  // added). True if there was anyone.
  bool fire(base::SteadyTime now);

 private:
  struct DueOrder {
    bool operator()(const Timer& a, const Timer& b) const { return a.due_ < b.due_; }
  };
  struct LatestOrder {
    bool operator()(const Timer& a, const Timer& b) const { return a.latest_ < b.latest_; }
  };
  template <Timer::Hook Timer::*hook, class Order>
  using Set =
      boost::intrusive::multiset<Timer, boost::intrusive::member_hook<Timer, Timer::Hook, hook>,
                                 boost::intrusive::compare<Order>,
                                 boost::intrusive::constant_time_size<false>>;
  Set<&Timer::by_due_, DueOrder> by_due_;
  Set<&Timer::by_latest_, LatestOrder> by_latest_;
};

}  // namespace lull::scheduler::detail
