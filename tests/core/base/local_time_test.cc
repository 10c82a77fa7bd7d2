// SPDX-License-Identifier: MIT
#include "core/base/local_time.h"

#include <gtest/gtest.h>

#include "tests/support/time_zone.h"

namespace lull::base {
namespace {

using support::TimeZone;

WallTime at(const char* text) { return parse_rfc3339(text).value(); }

std::string clock_text(WallTime time) { return local_time_text(time, "%Y-%m-%d %H:%M"); }

TEST(LocalTime, IsOfTheZoneWhereThePersonIsNow) {
  TimeZone zone("NZST-13");
  EXPECT_EQ(clock_text(at("2026-01-05T12:00:00Z")), "2026-01-06 01:00");
  zone.fly_to("EST5");
  EXPECT_EQ(clock_text(at("2026-01-05T12:00:00Z")), "2026-01-05 07:00");
  EXPECT_EQ(local_time(at("2026-01-05T12:00:00Z")).tm_hour, 7);
  EXPECT_EQ(next_midnight(at("2026-01-05T12:00:00Z")), at("2026-01-06T05:00:00Z"));
}

TEST(LocalTime, OfTextThatIsTooLongThereIsNone) {
  const TimeZone zone("UTC");
  EXPECT_EQ(local_time_text(WallTime{}, std::string(64, 'x').c_str()), "");
}

}  // namespace
}  // namespace lull::base
