// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <string>

#include "core/base/clock.h"

// How much time has certainly gone by, whatever is done to the clock on the wall: what decides when
// something is removed for good. A clock that is set a year ahead, or that starts in 1970 and is
// put right later, must not make a file that was moved an hour ago look old.
//
// Within one start of the machine the time since that start tells (sleep included), which nobody
// can set. Between two starts there is only the wall clock: of what it says at most kMostUnseen is
// believed, and nothing if it went back. So a machine that is off for weeks keeps things longer
// than was asked for, and none is removed too early by more than kMostUnseen for each start.
namespace lull::clean {

// The sum of what has gone by; it begins at zero with the journal and never goes back.
using LivedTime = std::chrono::milliseconds;

inline constexpr std::chrono::hours kMostUnseen{24};

// What the clocks say at one moment.
struct TimeReading {
  base::WallTime wall{};
  std::chrono::milliseconds since_boot{0};
  std::string
      boot{};  // tells starts of the machine apart; empty: not known, and then never the same
};

// Now. Any thread; reads a file.
TimeReading read_time(const base::Clock& clock);

// What went by between two readings. Pure; never negative.
std::chrono::milliseconds certainly_between(const TimeReading& before, const TimeReading& now);

}  // namespace lull::clean
