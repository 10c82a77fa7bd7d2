// SPDX-License-Identifier: MIT
#include "core/platform/psi_parse.h"

#include <gtest/gtest.h>

#include "tests/core/platform/fixture.h"

namespace lull::platform {
namespace {

TEST(Psi, HasAveragesInPercentAndTotalsInMicroseconds) {
  const auto reading = parse_psi(golden_text("zram/proc/pressure/memory"), "memory");
  ASSERT_TRUE(reading) << reading.error().to_string();
  EXPECT_DOUBLE_EQ(reading->some_avg10, 12.34);
  EXPECT_DOUBLE_EQ(reading->some_avg60, 6.5);
  EXPECT_DOUBLE_EQ(reading->some_avg300, 1.2);
  EXPECT_EQ(reading->some_total_us, 98765432u);
  EXPECT_DOUBLE_EQ(reading->full_avg10, 3.21);
  EXPECT_DOUBLE_EQ(reading->full_avg60, 1.1);
  EXPECT_DOUBLE_EQ(reading->full_avg300, 0.4);
  EXPECT_EQ(reading->full_total_us, 32109876u);
}

TEST(Psi, AnythingElseIsMalformedAndNamesItsFile) {
  const std::string some = "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
  const std::string full = "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
  ASSERT_TRUE(parse_psi(some + full, "x"));
  for (const std::string& text :
       {std::string(), some, full, some + some,
        some + "full avg10=x avg60=0.00 avg300=0.00 total=0\n",
        some + "full avg10=100.01 avg60=0.00 avg300=0.00 total=0\n",
        some + "full avg60=0.00 avg10=0.00 avg300=0.00 total=0\n",
        some + "full avg10=0.00 avg60=0.00 avg300=0.00\n",
        some + "full avg10=-1.00 avg60=0.00 avg300=0.00 total=0\n",
        some + "full avg10=0.00 avg60=0.00 avg300=0.00 total=99999999999999999999\n"}) {
    const auto reading = parse_psi(text, "/p/pressure/memory");
    ASSERT_FALSE(reading) << text;
    EXPECT_EQ(reading.error().code, base::ErrorCode::kMalformed);
    EXPECT_EQ(reading.error().path, "/p/pressure/memory");
  }
}

}  // namespace
}  // namespace lull::platform
