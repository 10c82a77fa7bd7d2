// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/model/memory.h"
#include "core/model/pressure.h"
#include "core/platform/pressure_probe.h"

namespace lull::relief {

// The thresholds, as shares of time in percent.
//  - A window of 2 s and more between two readings is judged as GLib 2.86 judges its triggers
//    (gio/gmemorymonitorpsi.c): 70 ms, 100 ms of some and 100 ms of full stall in 2 s.
//  - avg10 is judged as psi-notify does by default (memory some over 10 %); full by the share of
//    GLib's trigger.
inline constexpr double kNoticeSomePercent = 3.5;
inline constexpr double kWarningSomePercent = 5;
inline constexpr double kCriticalFullPercent = 5;
inline constexpr double kWarningSomeAvg10 = 10;
inline constexpr double kCriticalFullAvg10 = 5;
// With more than this available nothing is wrong with memory, whoever stalls (GLib's guard).
inline constexpr double kPlentyPercent = 50;

// Without PSI, as shares of all memory in percent: warning under 10 % available, where a
// reclaim of the kernel's own is near, or under 20 % while the machine swaps out faster
// than oomd's endurance limit; critical under 5 % with less than 20 % of swap free. Nothing else
// tells that programs wait.
inline constexpr double kWarningAvailablePercent = 10;
inline constexpr double kWarningSwappingPercent = 20;
inline constexpr double kSwappingBytesPerSecond = 1024 * 1024;

// The kernel's triggers for those levels. Windows of 2 s are allowed to everybody.
platform::PressureTrigger notice_trigger();
platform::PressureTrigger trigger_of(model::PressureLevel level);  // kWarning or kCritical

// What one step looks at, all of one moment.
struct PressureInput {
  std::optional<model::PressureReading> reading;  // nullopt: the kernel has no PSI
  // With memory, the level of a stalling machine also depends on what is left of it: warning under
  // 15 % available; critical under 5 % with less than 20 % of swap free; nothing over 50 % (GLib's
  // guard). Without a stall, low memory alone is no pressure.
  std::optional<model::MemorySample> memory;
  // A trigger of that level fired since the last step (the notice trigger: kNormal). Averages lag
  // by seconds; the trigger is the kernel's own measurement.
  std::optional<model::PressureLevel> fired;
  // By the machine since boot; looked at where there is no reading.
  std::optional<std::uint64_t> swapped_out_bytes = std::nullopt;
};

// The level by memory alone. `swapped_out_per_second`: bytes; nullopt: not known. Pure.
model::PressureLevel judge_available(const model::MemorySample& memory,
                                     std::optional<double> swapped_out_per_second);

// The level of one input alone, given the reading before if there is one. Pure; no hysteresis.
model::PressureLevel judge_pressure(const PressureInput& input,
                                    const std::optional<model::PressureReading>& before);

// The level with hysteresis: up at once, down only after 30 s in which every step was lower, and
// then to the highest of those. Readings must be of one machine and in order; one thread at a time;
// asks nobody and keeps no time of its own.
class PressureTracker {
 public:
  static constexpr auto kCalmBeforeDown = std::chrono::seconds(30);
  // While the level is raised it should be looked at this often.
  static constexpr auto kLookAgain = std::chrono::seconds(5);

  // Without a reading the level goes by memory. nullopt: unknown, because there is neither; what
  // was known before is forgotten then.
  std::optional<model::PressureLevel> step(const PressureInput& input, base::SteadyTime now);
  std::optional<model::PressureLevel> step(const model::PressureReading& reading,
                                           base::SteadyTime now) {
    return step(PressureInput{reading, std::nullopt, std::nullopt}, now);
  }

  std::optional<model::PressureLevel> level() const { return level_; }
  // When to step again even if nothing fires; nullopt while the level is normal or unknown, so that
  // nothing polls while all is well.
  std::optional<base::SteadyTime> next_look() const;

 private:
  void keep_base(const model::PressureReading& reading);
  std::optional<double> swapped_out_per_second(const PressureInput& input, base::SteadyTime now);
  void settle(model::PressureLevel found, base::SteadyTime now);

  std::optional<model::PressureLevel> level_;
  std::optional<model::PressureReading> base_;     // where the running window began
  std::optional<std::uint64_t> swapped_out_base_;  // likewise, of swap
  base::SteadyTime swapped_out_at_{};
  base::SteadyTime last_step_{};
  std::optional<base::SteadyTime> lower_since_;
  model::PressureLevel highest_since_ = model::PressureLevel::kNormal;
};

}  // namespace lull::relief
