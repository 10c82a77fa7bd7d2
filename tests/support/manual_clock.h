// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/clock.h"

namespace lull::support {

// Time that moves only when a test says so. Neither clock starts at zero. One thread at a time.
class ManualClock final : public base::Clock {
 public:
  base::SteadyTime now() const override { return steady_; }
  base::WallTime wall_now() const override { return wall_; }

  // Both clocks go on.
  void advance(base::Duration by) {
    steady_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(by);
  }
  // Somebody sets the wall clock; intervals must not notice.
  void jump_wall(std::chrono::milliseconds by) { wall_ += by; }

 private:
  base::SteadyTime steady_{std::chrono::hours(5)};
  base::WallTime wall_{std::chrono::seconds(1'767'600'000)};  // 2026-01-05T08:00:00Z
};

}  // namespace lull::support
