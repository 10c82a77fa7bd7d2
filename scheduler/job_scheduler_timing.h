// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/clock.h"

// The arithmetic of the job scheduler: pure, saturating (a planted instant must not overflow), and
// without a clock of its own.
namespace lull::scheduler::detail {

// What both clocks say at one moment.
struct Moment {
  base::SteadyTime steady{};
  base::WallTime wall{};
};

inline constexpr base::SteadyTime kNever = base::SteadyTime::max();

// How often jobs that conditions hold back are looked at, and how much later that may be: at most
// one wake-up in 30 s for all of them together, none while nothing is held back.
inline constexpr base::Duration kHeldRecheck = std::chrono::seconds(30);
inline constexpr base::Duration kHeldTolerance = std::chrono::seconds(15);

base::SteadyTime plus(base::SteadyTime time, base::Duration duration);
base::Duration minus(base::SteadyTime later, base::SteadyTime earlier);

// How far `due` lies ahead of `now`, within [0, limit].
base::Duration time_until(base::WallTime due, base::WallTime now, base::Duration limit);
// What the wall clock will show at `time` if nobody sets it; rounded to the millisecond.
base::WallTime wall_at(base::SteadyTime time, const Moment& now);

// The pause after `failures` (≥ 1) failed runs in a row: a minute doubling up to six hours, then
// ±10 % by a hash of seed, name and count, so that the same seed gives the same schedule.
base::Duration back_off(unsigned failures, std::uint64_t seed, std::string_view job);

struct Wake {
  base::SteadyTime due = kNever;
  base::Duration tolerance{};
};

// Merges timers into one wake-up: it comes when the first of them can wait no longer, and serves
// every timer due by then.
class WakeWindow {
 public:
  void clear() { wakes_.clear(); }
  void add(base::SteadyTime due, base::Duration tolerance) { wakes_.push_back({due, tolerance}); }
  Wake merged() const;  // due is kNever if there is none

 private:
  std::vector<Wake> wakes_;
};

}  // namespace lull::scheduler::detail
