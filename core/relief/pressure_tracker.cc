// SPDX-License-Identifier: MIT
#include "core/relief/pressure_tracker.h"

#include <algorithm>
#include <utility>

namespace lull::relief {
namespace {

using model::PressureLevel;
using model::PressureReading;

// A window shorter than this judges noise; over a longer one a short stall is lost.
constexpr auto kShortestWindow = std::chrono::seconds(2);
constexpr auto kLongestWindow = std::chrono::seconds(10);

constexpr double kLowPercent = 15;
constexpr double kVeryLowPercent = 5;
constexpr double kLittleSwapPercent = 20;

// Shares of the time between two readings, in percent.
struct Shares {
  double some = 0, full = 0;
};
double share(std::uint64_t before_us, std::uint64_t now_us, base::Duration elapsed) {
  if (now_us <= before_us) return 0;
  const double elapsed_us = static_cast<double>(elapsed.count()) / 1000;
  return 100 * static_cast<double>(now_us - before_us) / elapsed_us;
}
Shares shares(const PressureReading& before, const PressureReading& now) {
  const base::Duration elapsed = now.taken_at - before.taken_at;
  if (elapsed < kShortestWindow || elapsed > kLongestWindow) return {};
  return {share(before.some_total_us, now.some_total_us, elapsed),
          share(before.full_total_us, now.full_total_us, elapsed)};
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

PressureLevel level_of_stall(const PressureReading& reading, const Shares& window) {
  if (reading.told) return *reading.told;
  if (window.full >= kCriticalFullPercent || reading.full_avg10 >= kCriticalFullAvg10)
    return PressureLevel::kCritical;
  if (window.some >= kWarningSomePercent || reading.some_avg10 >= kWarningSomeAvg10)
    return PressureLevel::kWarning;
  return PressureLevel::kNormal;
}

// What little memory adds once the machine stalls at all.
PressureLevel level_of_memory(const model::MemorySample& memory) {
  const double available = percent(memory.available_bytes, memory.total_bytes);
  const std::uint64_t swap_free =
      memory.swap_total_bytes - std::min(memory.swap_used_bytes, memory.swap_total_bytes);
  if (available < kVeryLowPercent &&
      percent(swap_free, memory.swap_total_bytes) < kLittleSwapPercent)
    return PressureLevel::kCritical;
  return available < kLowPercent ? PressureLevel::kWarning : PressureLevel::kNormal;
}

}  // namespace

platform::PressureTrigger notice_trigger() {
  return {platform::PressureTrigger::Kind::kSome, 70'000, 2'000'000};
}

platform::PressureTrigger trigger_of(PressureLevel level) {
  if (level == PressureLevel::kCritical)
    return {platform::PressureTrigger::Kind::kFull, 100'000, 2'000'000};
  return {platform::PressureTrigger::Kind::kSome, 100'000, 2'000'000};
}

PressureLevel judge_available(const model::MemorySample& memory,
                              std::optional<double> swapped_out_per_second) {
  const double available = percent(memory.available_bytes, memory.total_bytes);
  if (level_of_memory(memory) == PressureLevel::kCritical) return PressureLevel::kCritical;
  const bool swaps = swapped_out_per_second.value_or(0) >= kSwappingBytesPerSecond;
  return available < (swaps ? kWarningSwappingPercent : kWarningAvailablePercent)
             ? PressureLevel::kWarning
             : PressureLevel::kNormal;
}

PressureLevel judge_pressure(const PressureInput& input,
                             const std::optional<PressureReading>& before) {
  if (!input.reading) return PressureLevel::kNormal;
  const Shares window = before ? shares(*before, *input.reading) : Shares{};
  PressureLevel level = level_of_stall(*input.reading, window);
  if (input.fired) level = std::max(level, *input.fired);
  if (!input.memory) return level;
  const double available = percent(input.memory->available_bytes, input.memory->total_bytes);
  if (available > kPlentyPercent) return PressureLevel::kNormal;
  const bool stalls =
      input.fired || level != PressureLevel::kNormal || window.some >= kNoticeSomePercent;
  return stalls ? std::max(level, level_of_memory(*input.memory)) : level;
}

std::optional<PressureLevel> PressureTracker::step(const PressureInput& input,
                                                   base::SteadyTime now) {
  if (!input.reading && (!input.memory || input.memory->total_bytes == 0)) {
    *this = PressureTracker();
    return std::nullopt;
  }
  if (input.reading) {
    settle(judge_pressure(input, base_), now);
    keep_base(*input.reading);
  } else {
    settle(judge_available(*input.memory, swapped_out_per_second(input, now)), now);
  }
  last_step_ = now;
  return level_;
}

// Over a window of its own; nullopt while that is too short.
std::optional<double> PressureTracker::swapped_out_per_second(const PressureInput& input,
                                                              base::SteadyTime now) {
  if (!input.swapped_out_bytes) {
    swapped_out_base_.reset();
    return std::nullopt;
  }
  if (swapped_out_base_ && now - swapped_out_at_ < kShortestWindow) return std::nullopt;
  const auto before = std::exchange(swapped_out_base_, input.swapped_out_bytes);
  const base::Duration elapsed = now - std::exchange(swapped_out_at_, now);
  if (!before || *input.swapped_out_bytes < *before) return std::nullopt;
  return static_cast<double>(*input.swapped_out_bytes - *before) / base::to_seconds(elapsed);
}

// A reading too soon after the base leaves it, so that frequent steps still make whole windows.
void PressureTracker::keep_base(const PressureReading& reading) {
  if (!base_ || reading.taken_at - base_->taken_at >= kShortestWindow) base_ = reading;
}

void PressureTracker::settle(PressureLevel found, base::SteadyTime now) {
  if (!level_ || found >= *level_) {
    level_ = found;
    lower_since_.reset();
    return;
  }
  if (!lower_since_) {
    lower_since_ = now;
    highest_since_ = found;
  }
  highest_since_ = std::max(highest_since_, found);
  if (now - *lower_since_ < kCalmBeforeDown) return;
  level_ = highest_since_;
  lower_since_.reset();
}

std::optional<base::SteadyTime> PressureTracker::next_look() const {
  if (!level_ || *level_ == PressureLevel::kNormal) return std::nullopt;
  const base::SteadyTime next = last_step_ + kLookAgain;
  return lower_since_ ? std::min(next, *lower_since_ + kCalmBeforeDown) : next;
}

}  // namespace lull::relief
