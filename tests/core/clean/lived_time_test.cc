// SPDX-License-Identifier: MIT
#include "core/clean/lived_time.h"

#include <gtest/gtest.h>

#include "core/base/boot_time.h"
#include "tests/support/manual_clock.h"

namespace lull::clean {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr base::WallTime kThen{std::chrono::seconds(1'767'600'000)};
constexpr auto kDay = 24h;

milliseconds between(const TimeReading& before, const TimeReading& now) {
  return certainly_between(before, now);
}

TEST(LivedTime, is_what_the_machine_counts_while_it_is_up) {
  const TimeReading before{kThen, 10h, "a"};
  EXPECT_EQ(between(before, {kThen + 3h, 13h, "a"}), 3h);
  EXPECT_EQ(between(before, {kThen + kDay * 3650, 13h, "a"}), 3h) << "the wall was set ahead";
  EXPECT_EQ(between(before, {kThen - kDay * 3650, 13h, "a"}), 3h) << "and back";
  EXPECT_EQ(between(before, {kThen, 10h, "a"}), 0h);
  EXPECT_EQ(between(before, {kThen, 9h, "a"}), 0h) << "never less than nothing";
}

TEST(LivedTime, over_a_new_start_is_what_the_wall_says_up_to_a_day_of_it_unseen) {
  const TimeReading before{kThen, 100h, "a"};
  EXPECT_EQ(between(before, {kThen + 8h, 1h, "b"}), 8h);
  EXPECT_EQ(between(before, {kThen + kDay, 1h, "b"}), kDay);
  EXPECT_EQ(between(before, {kThen + kDay * 3650, 1h, "b"}), kDay + 1h) << "set ahead";
  EXPECT_EQ(between(before, {kThen + kDay * 10, kDay * 9, "b"}), kDay * 10) << "long up since";
}

TEST(LivedTime, over_a_new_start_is_at_least_the_time_since_that) {
  const TimeReading before{kThen, 100h, "a"};
  EXPECT_EQ(between(before, {base::WallTime{}, 2h, "b"}), 2h) << "it starts in 1970";
  EXPECT_EQ(between({base::WallTime{}, 1h, "a"}, {base::WallTime{}, 0h, "b"}), 0h);
}

TEST(LivedTime, without_knowing_of_starts_is_what_the_wall_says_up_to_a_day) {
  const TimeReading before{kThen, 100h, ""};
  EXPECT_EQ(between(before, {kThen + 6h, 106h, ""}), 6h);
  EXPECT_EQ(between(before, {kThen + kDay * 365, 106h, ""}), kDay);
  EXPECT_EQ(between(before, {kThen - 6h, 106h, ""}), 0h);
  EXPECT_EQ(between(before, {kThen + kDay * 365, 106h, "b"}), kDay);
}

TEST(LivedTime, what_a_damaged_file_says_is_within_bounds) {
  for (const milliseconds odd : {milliseconds::min(), milliseconds::max()}) {
    const TimeReading same{base::WallTime(odd), odd, "a"}, other{base::WallTime(odd), odd, "b"};
    const TimeReading now{kThen, 13h, "a"};
    const bool long_ago = odd < milliseconds(0);
    EXPECT_EQ(between(same, now), long_ago ? 13h : 0h) << "no more than since the start";
    EXPECT_EQ(between(other, now), long_ago ? kDay + 13h : 13h);
  }
}

TEST(LivedTime, is_read_from_the_clock_that_goes_on_in_sleep) {
  support::ManualClock clock;
  const TimeReading before = read_time(clock);
  clock.jump_wall(kDay);
  clock.advance(1h);
  const TimeReading now = read_time(clock);
  EXPECT_EQ(now.since_boot - before.since_boot, 1h);
  EXPECT_EQ(now.wall - before.wall, kDay + 1h);
  EXPECT_EQ(now.boot, base::boot_id());
  EXPECT_GE(base::system_clock().boot_now().time_since_epoch(), base::time_since_boot() - 1h);
}

}  // namespace
}  // namespace lull::clean
