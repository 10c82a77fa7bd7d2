// SPDX-License-Identifier: MIT
#include "agent/services/cpu_load.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace lull::agent {

OthersCpuLoad::OthersCpuLoad(platform::CpuProbe& probe, const base::Clock& clock,
                             std::function<base::Duration()> own_cpu)
    : probe_(probe), clock_(clock), own_cpu_(std::move(own_cpu)) {}

std::optional<double> OthersCpuLoad::percent() {
  const base::SteadyTime now = clock_.now();
  if (last_ && now - last_->at < kWindow) return answer_;
  const auto reading = probe_.read();
  if (!reading) {
    last_.reset();
    answer_.reset();
    return std::nullopt;
  }
  const Reading current{now, reading->times, own_cpu_()};
  const std::optional<Reading> before = std::exchange(last_, current);
  answer_.reset();
  if (!before || now - before->at > kStale) return std::nullopt;
  const auto total = static_cast<double>(current.times.total_ticks - before->times.total_ticks);
  if (current.times.total_ticks <= before->times.total_ticks) return std::nullopt;
  const auto busy =
      static_cast<double>(current.times.busy_ticks) - static_cast<double>(before->times.busy_ticks);
  const double wall = base::to_seconds(now - before->at) * std::max(1u, reading->cores);
  const double own = base::to_seconds(current.own - before->own);
  answer_ = std::clamp(100 * busy / total - 100 * own / wall, 0.0, 100.0);
  return answer_;
}

base::Duration own_cpu_time() {
  timespec time{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace lull::agent
