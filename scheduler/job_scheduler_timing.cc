// SPDX-License-Identifier: MIT
#include "scheduler/job_scheduler_timing.h"

#include <algorithm>
#include <limits>

namespace lull::scheduler::detail {
namespace {

constexpr base::Duration kFirstBackOff = std::chrono::minutes(1);
constexpr base::Duration kLongestBackOff = std::chrono::hours(6);

std::int64_t saturated_add(std::int64_t a, std::int64_t b) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (b > 0 && a > Limits::max() - b) return Limits::max();
  if (b < 0 && a < Limits::min() - b) return Limits::min();
  return a + b;
}

// splitmix64's finalizer (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

// Not std::hash: the schedule must be the same with every standard library.
std::uint64_t hash_of(std::uint64_t seed, std::string_view name, unsigned count) {
  std::uint64_t hash = mixed(seed);
  for (const char c : name) hash = mixed(hash ^ static_cast<unsigned char>(c));
  return mixed(hash ^ count);
}

}  // namespace

base::SteadyTime plus(base::SteadyTime time, base::Duration duration) {
  return base::SteadyTime(
      base::Duration(saturated_add(time.time_since_epoch().count(), duration.count())));
}

base::Duration minus(base::SteadyTime later, base::SteadyTime earlier) {
  const std::int64_t from = earlier.time_since_epoch().count();
  if (from == std::numeric_limits<std::int64_t>::min()) return base::Duration::max();
  return base::Duration(saturated_add(later.time_since_epoch().count(), -from));
}

base::Duration time_until(base::WallTime due, base::WallTime now, base::Duration limit) {
  if (due <= now || limit <= base::Duration::zero()) return base::Duration::zero();
  // Unsigned: the difference of two instants of a planted file can need 64 bits.
  const std::uint64_t ahead_ms = static_cast<std::uint64_t>(due.time_since_epoch().count()) -
                                 static_cast<std::uint64_t>(now.time_since_epoch().count());
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  if (ahead_ms > static_cast<std::uint64_t>(limit_ms)) return limit;
  return std::chrono::milliseconds(static_cast<std::int64_t>(ahead_ms));
}

base::WallTime wall_at(base::SteadyTime time, const Moment& now) {
  const base::Duration ahead = minus(time, now.steady);
  const auto ahead_ms = std::chrono::floor<std::chrono::milliseconds>(ahead).count();
  return base::WallTime(
      std::chrono::milliseconds(saturated_add(now.wall.time_since_epoch().count(), ahead_ms)));
}

base::Duration back_off(unsigned failures, std::uint64_t seed, std::string_view job) {
  const unsigned doublings = std::min(failures == 0 ? 0U : failures - 1, 16U);
  const base::Duration doubled = kFirstBackOff * (1L << doublings);
  const base::Duration pause = std::min(doubled, kLongestBackOff);
  // In steps of a ten-thousandth of the pause: -1000 … +1000.
  const auto jitter = static_cast<std::int64_t>(hash_of(seed, job, failures) % 2001U) - 1000;
  return pause + pause / 10000 * jitter;
}

Wake WakeWindow::merged() const {
  base::SteadyTime latest = kNever;
  for (const Wake& wake : wakes_) latest = std::min(latest, plus(wake.due, wake.tolerance));
  if (latest == kNever) return {};
  base::SteadyTime due = base::SteadyTime::min();
  for (const Wake& wake : wakes_)
    if (wake.due <= latest) due = std::max(due, wake.due);
  return {due, minus(latest, due)};
}

}  // namespace lull::scheduler::detail
