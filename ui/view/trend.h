// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/model/load_sample.h"

// The last ten minutes of two numbers, as far as they were seen. What was not seen is a gap.
namespace lull::ui {

using TrendSample = model::LoadSample;

// One point of a curve: x 0 (ten minutes ago) to 1 (now), y 0 to 1. `joined`: a line leads here
// from the point before.
struct CurvePoint {
  float x = 0, y = 0;
  bool joined = false;
  friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};

// Bounded: at most one sample a second is kept, none older than the window.
class Trend {
 public:
  static constexpr std::chrono::seconds kWindow{600};
  // Two samples further apart than this are not joined. The agent looks every five seconds, on
  // battery every twenty and some.
  static constexpr std::chrono::seconds kGap{30};

  // A sample from before the last one is dropped: the wall clock jumped.
  void add(const TrendSample& sample);
  // What somebody else saw before `now`; of that, what is newer than the last sample.
  void seed(const std::vector<TrendSample>& samples, base::WallTime now);
  const std::deque<TrendSample>& samples() const { return samples_; }

  // `top` is the value of y = 1; larger ones are drawn there.
  std::vector<CurvePoint> curve(std::optional<double> TrendSample::*value, double top,
                                base::WallTime now) const;
  // The largest value within the window; 0 if there is none.
  double peak(std::optional<double> TrendSample::*value) const;

 private:
  std::deque<TrendSample> samples_;
};

}  // namespace lull::ui
