// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <string>

// Time is a port. Intervals are measured on the steady clock (a jump of the wall clock changes
// nothing); the wall clock only dates things for people.
namespace lull::base {

using Duration = std::chrono::nanoseconds;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime now() const = 0;
  virtual WallTime wall_now() const = 0;
  // As now(), but it goes on while the machine sleeps, and counts from the machine's start where
  // the system tells of that.
  virtual SteadyTime boot_now() const { return now(); }
};

// The real clocks of the machine; lives as long as the program.
const Clock& system_clock();

// RFC 3339 in UTC with milliseconds only when they are not zero: "2026-11-23T21:09:05Z".
std::string format_rfc3339(WallTime time);
// The inverse; accepts offsets and fractions. nullopt for anything else.
std::optional<WallTime> parse_rfc3339(const std::string& text);

inline double to_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace lull::base
