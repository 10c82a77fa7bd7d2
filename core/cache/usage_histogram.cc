// SPDX-License-Identifier: MIT
#include "core/cache/usage_histogram.h"

#include <algorithm>
#include <cmath>

namespace lull::cache {
namespace {

constexpr double kWeekSeconds = 7 * 86400;
// Shorter than a week and longer than an hour that is lived twice when the clocks are set back.
constexpr auto kSameOccurrence = std::chrono::hours(3);
// The sum of 1 + 1/2 + 1/4 + …
constexpr double kMostWeight = 2;

double decayed(const UsageHistogram::Bucket& bucket, base::WallTime now) {
  const double age = std::chrono::duration<double>(now - bucket.at).count();
  return bucket.weight * std::exp2(-std::max(0.0, age) / kWeekSeconds);
}

}  // namespace

unsigned UsageHistogram::hour_of_week(const std::tm& local) {
  const int day = (local.tm_wday + 6) % 7;  // tm counts from Sunday
  return static_cast<unsigned>(day * 24 + local.tm_hour) % kHours;
}

bool UsageHistogram::note(unsigned hour, base::WallTime now) {
  Bucket& bucket = buckets_[hour % kHours];
  if (bucket.weight > 0 && now - bucket.at < kSameOccurrence && bucket.at - now < kSameOccurrence)
    return false;
  bucket = {std::min(kMostWeight, decayed(bucket, now) + 1), now};
  return true;
}

double UsageHistogram::weight(unsigned hour, base::WallTime now) const {
  return decayed(bucket(hour), now);
}

bool UsageHistogram::is_usual(unsigned hour, base::WallTime now) const {
  return weight(hour, now) >= kUsual;
}

bool UsageHistogram::begins_usual_time(unsigned hour, base::WallTime now) const {
  return is_usual(hour, now) && !is_usual(hour + kHours - 1, now);
}

std::optional<unsigned> UsageHistogram::hours_until_usual_time(unsigned hour,
                                                               base::WallTime now) const {
  for (unsigned ahead = 1; ahead <= kHours; ++ahead)
    if (begins_usual_time(hour + ahead, now)) return ahead;
  return std::nullopt;
}

void UsageHistogram::restore(unsigned hour, Bucket bucket, base::WallTime now) {
  if (hour >= kHours || !(bucket.weight > 0) || !std::isfinite(bucket.weight)) return;
  bucket.weight = std::min(bucket.weight, kMostWeight);
  bucket.at = std::min(bucket.at, now);
  buckets_[hour] = bucket;
}

}  // namespace lull::cache
