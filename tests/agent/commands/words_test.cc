// SPDX-License-Identifier: MIT
#include "agent/commands/words.h"

#include <gtest/gtest.h>

#include "tests/support/time_zone.h"

namespace lull::commands {
namespace {

base::WallTime at(const char* text) { return base::parse_rfc3339(text).value(); }

TEST(Relative, says_how_far_away_an_instant_is) {
  const base::WallTime now = at("2026-11-26T12:00:00Z");
  EXPECT_EQ(relative(now, now), "now");
  EXPECT_EQ(relative(at("2026-11-26T14:00:00Z"), now), "in 2 h");
  EXPECT_EQ(relative(at("2026-11-26T11:57:55Z"), now), "2 min 5 s ago");
}

// What answers on the socket may be no agent of ours, and date things as it likes.
TEST(Relative, takes_instants_further_apart_than_nanoseconds_can_count) {
  const base::WallTime now = at("2026-11-26T12:00:00Z");
  EXPECT_EQ(relative(at("1013-11-24T12:00:00Z"), now), "369,993 d ago");
  EXPECT_EQ(relative(at("9999-11-26T12:00:00Z"), now), "in 2,912,078 d");
}

TEST(LocalTime, is_of_the_zone_where_the_person_is_now) {
  support::TimeZone zone("NZST-13");
  EXPECT_EQ(local_time(at("2026-01-05T12:00:00Z")), "2026-01-06 01:00");
  zone.fly_to("EST5");
  EXPECT_EQ(local_time(at("2026-01-05T12:00:00Z")), "2026-01-05 07:00");
}

}  // namespace
}  // namespace lull::commands
