// SPDX-License-Identifier: MIT
#include "core/stats/recent_load.h"

#include <algorithm>
#include <cmath>

namespace lull::stats {

std::uint16_t RecentLoad::packed(std::optional<double> percent) {
  if (!percent || !std::isfinite(*percent)) return kUnknown;
  return static_cast<std::uint16_t>(std::lround(std::clamp(*percent, 0.0, 100.0) * 100));
}

std::optional<double> RecentLoad::unpacked(std::uint16_t hundredths) {
  if (hundredths == kUnknown) return std::nullopt;
  return hundredths / 100.0;
}

void RecentLoad::add(const model::LoadSample& sample) {
  if (count_ > 0) {
    const auto since = sample.at - kept_[(next_ + kMost - 1) % kMost].at;
    if (since < since.zero())
      count_ = 0;
    else if (since < kSpacing)
      return;
  }
  kept_[next_] = {sample.at, packed(sample.cpu_percent), packed(sample.pressure_percent)};
  next_ = (next_ + 1) % kMost;
  count_ = std::min(count_ + 1, kMost);
}

std::vector<model::LoadSample> RecentLoad::until(base::WallTime now) const {
  std::vector<model::LoadSample> samples;
  for (std::size_t back = count_; back > 0; --back) {
    const Kept& kept = kept_[(next_ + kMost - back) % kMost];
    if (kept.at <= now && now - kept.at <= kWindow)
      samples.push_back({kept.at, unpacked(kept.cpu), unpacked(kept.pressure)});
  }
  return samples;
}

}  // namespace lull::stats
