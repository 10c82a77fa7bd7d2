// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <ctime>
#include <optional>

#include "core/base/clock.h"

namespace lull::cache {

// When in the week a person usually looks: one bucket for each of the 168 hours of a week of local
// time, each with a weight that halves every week. Looking in an hour adds 1 to its bucket, once
// per occurrence of the hour, so the weight is at most 2 and a habit is forgotten two weeks after
// it ended. Pure values, no clock. One thread at a time.
class UsageHistogram {
 public:
  static constexpr unsigned kHours = 7 * 24;
  // An hour is usual from this weight on: somebody looked in it a week ago (0.5, less if the clocks
  // were set for winter meanwhile), or the habit was long and one week was left out. A single look
  // two weeks ago (0.25) is no habit.
  static constexpr double kUsual = 0.45;

  struct Bucket {
    double weight = 0;
    base::WallTime at{};  // when the weight was so much
  };

  // The bucket of a local time: 0 is Monday from midnight, 167 Sunday's last hour.
  static unsigned hour_of_week(const std::tm& local);

  // Somebody looks. True if that changed the bucket; then it is worth keeping.
  bool note(unsigned hour, base::WallTime now);
  const Bucket& bucket(unsigned hour) const { return buckets_[hour % kHours]; }
  double weight(unsigned hour, base::WallTime now) const;
  bool is_usual(unsigned hour, base::WallTime now) const;
  // An hour that is usual while the one before it is not: what is worth preparing for. Somebody
  // who looks all day long (or a program that asks every hour) has no such hours, or few.
  bool begins_usual_time(unsigned hour, base::WallTime now) const;
  // The first such hour after `hour`, in hours from it (1…168); nullopt if there is none.
  std::optional<unsigned> hours_until_usual_time(unsigned hour, base::WallTime now) const;

  // Puts a kept bucket back. What makes no sense is ignored; a time in the future (the clock was
  // set back) counts as `now`.
  void restore(unsigned hour, Bucket bucket, base::WallTime now);
  void clear() { buckets_ = {}; }

 private:
  std::array<Bucket, kHours> buckets_{};
};

}  // namespace lull::cache
