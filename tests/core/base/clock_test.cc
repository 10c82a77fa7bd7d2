// SPDX-License-Identifier: MIT
#include "core/base/clock.h"

#include <gtest/gtest.h>

#include "core/base/dates.h"

namespace lull::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Rfc3339, WritesUtcWithMillisecondsOnlyWhenTheyAreThere) {
  EXPECT_EQ(format_rfc3339(WallTime{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(WallTime(seconds(951'782'400))), "2000-02-29T00:00:00Z");
  EXPECT_EQ(format_rfc3339(WallTime(milliseconds(1'500))), "1970-01-01T00:00:01.500Z");
  EXPECT_EQ(format_rfc3339(WallTime(milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, ReadsWhatItWrote) {
  for (const std::int64_t value : {0ll, 951'782'400'000ll, 4'102'444'799'999ll, -86'400'001ll}) {
    const WallTime time{milliseconds(value)};
    EXPECT_EQ(parse_rfc3339(format_rfc3339(time)), time);
  }
}

TEST(Rfc3339, UnderstandsOffsetsFractionsAndLowerCase) {
  const auto noon = parse_rfc3339("2026-11-23T12:00:00Z");
  ASSERT_TRUE(noon);
  EXPECT_EQ(parse_rfc3339("2026-11-23T14:00:00+02:00"), noon);
  EXPECT_EQ(parse_rfc3339("2026-11-23T07:30:00-04:30"), noon);
  EXPECT_EQ(parse_rfc3339("2026-11-23t12:00:00.0z"), noon);
  EXPECT_EQ(parse_rfc3339("2026-11-23T12:00:00.123456789Z"), *noon + milliseconds(123));
}

TEST(Rfc3339, WhatHasNoDateIsWrittenAsTheNearestThatHasOne) {
  EXPECT_EQ(format_rfc3339(WallTime::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(format_rfc3339(WallTime::min()), "0000-01-01T00:00:00Z");
  EXPECT_EQ(parse_rfc3339("0000-01-01T00:00:00Z"), kFirstDate);
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59.999Z"), kLastDate);
  EXPECT_EQ(parse_rfc3339("0000-01-01T00:00:00+00:01"), std::nullopt);
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:60Z"), std::nullopt);
}

TEST(Rfc3339, ALeapSecondIsTheSecondAfter) {
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const char* text : {"", "2026", "2026-11-23", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                           "2026-11-23T24:00:00Z", "2026-11-23T12:60:00Z", "2026-11-23T12:00:61Z",
                           "2026-11-23T12:00:00", "2026-11-23T12:00:00.Z", "2026-11-23T12:00:00Zx",
                           "2026-11-23T12:00:00+24:00", "2026-11-23T12:00:00+0200",
                           " 2026-11-23T12:00:00Z", "20a6-11-23T12:00:00Z"})
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
}

TEST(SystemClock, GoesForward) {
  const SteadyTime before = system_clock().now();
  EXPECT_GE(system_clock().now(), before);
  EXPECT_GT(system_clock().wall_now(), *parse_rfc3339("2020-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace lull::base
