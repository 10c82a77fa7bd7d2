// SPDX-License-Identifier: MIT
#include "ui/view/trend.h"

#include <algorithm>

namespace lull::ui {

void Trend::add(const TrendSample& sample) {
  if (!samples_.empty()) {
    const auto since = sample.at - samples_.back().at;
    if (since < since.zero()) samples_.clear();
    if (since >= since.zero() && since < std::chrono::milliseconds(900)) samples_.pop_back();
  }
  samples_.push_back(sample);
  while (sample.at - samples_.front().at > kWindow) samples_.pop_front();
}

void Trend::seed(const std::vector<TrendSample>& samples, base::WallTime now) {
  for (const TrendSample& sample : samples)
    if (sample.at <= now && now - sample.at <= kWindow &&
        (samples_.empty() || sample.at > samples_.back().at))
      add(sample);
}

std::vector<CurvePoint> Trend::curve(std::optional<double> TrendSample::*value, double top,
                                     base::WallTime now) const {
  using Seconds = std::chrono::duration<double>;
  std::vector<CurvePoint> points;
  const base::WallTime* before = nullptr;
  for (const TrendSample& sample : samples_) {
    const double x = 1 - Seconds(now - sample.at) / Seconds(kWindow);
    if (x < 0 || x > 1) continue;
    if (!(sample.*value)) {
      before = nullptr;
      continue;
    }
    const double y = top > 0 ? std::clamp(*(sample.*value) / top, 0.0, 1.0) : 0;
    points.push_back({static_cast<float>(x), static_cast<float>(y),
                      before != nullptr && sample.at - *before <= kGap});
    before = &sample.at;
  }
  return points;
}

double Trend::peak(std::optional<double> TrendSample::*value) const {
  double highest = 0;
  for (const TrendSample& sample : samples_)
    if (sample.*value) highest = std::max(highest, *(sample.*value));
  return highest;
}

}  // namespace lull::ui
