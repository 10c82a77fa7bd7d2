// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>

#include "core/base/clock.h"
#include "core/platform/cpu_probe.h"

namespace lull::agent {

// How busy everybody but us keeps the machine: a background scan at idle priority must not look
// like a busy user, and must not hide one either. Engine thread.
class OthersCpuLoad {
 public:
  // `own_cpu` gives the CPU time of this process so far.
  OthersCpuLoad(platform::CpuProbe& probe, const base::Clock& clock,
                std::function<base::Duration()> own_cpu);

  // Percent of all cores, 0..100, over the time since the last reading: at least kWindow, else the
  // last answer again. nullopt if there is no reading of the last kStale to compare with; ask again
  // later.
  std::optional<double> percent();

  // A busy processor is therefore noticed after one second, and not within the 200 ms in which
  // input, pressure or a lost mains end a job. A shorter window would not be fair: the kernel
  // counts in ticks of 10 ms (USER_HZ), twenty in 200 ms, so that one tick more or less on each
  // processor is five percent, and any program that merely starts, or a timer of the system's,
  // fills them all. Nobody is slowed down meanwhile: background work runs at SCHED_IDLE.
  static constexpr auto kWindow = std::chrono::seconds(1);
  static constexpr auto kStale = std::chrono::minutes(3);

 private:
  struct Reading {
    base::SteadyTime at{};
    model::CpuTimes times;
    base::Duration own{};
  };
  platform::CpuProbe& probe_;
  const base::Clock& clock_;
  std::function<base::Duration()> own_cpu_;
  std::optional<Reading> last_;
  std::optional<double> answer_;
};

// CPU time of this process, all threads.
base::Duration own_cpu_time();

}  // namespace lull::agent
