// SPDX-License-Identifier: MIT
#include "core/base/bytes.h"

#include <limits>

#include <gtest/gtest.h>

namespace lull::base {
namespace {

TEST(FormatBytes, ShowsThreeSignificantDigitsInBinaryUnits) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(512), "512 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.00 KiB");
  EXPECT_EQ(format_bytes(1500), "1.46 KiB");
  EXPECT_EQ(format_bytes(12'897'485), "12.3 MiB");
  EXPECT_EQ(format_bytes(123ull << 30), "123 GiB");
}

TEST(FormatBytes, NeverShowsFourDigitsBeforeALargerUnit) {
  EXPECT_EQ(format_bytes(kMiB - 1), "1.00 MiB");
  EXPECT_EQ(format_bytes(kGiB - 1), "1.00 GiB");
  EXPECT_EQ(format_bytes(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

TEST(ParseBytes, TakesBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_bytes("123"), 123u);
  EXPECT_EQ(parse_bytes("50 MiB"), 50 * kMiB);
  EXPECT_EQ(parse_bytes(" 50MiB "), 50 * kMiB);
  EXPECT_EQ(parse_bytes("64K"), 64 * kKiB);
  EXPECT_EQ(parse_bytes("1000 kB"), 1'000'000u);
  EXPECT_EQ(parse_bytes("2 TB"), 2'000'000'000'000u);
}

TEST(ParseBytes, RefusesWhatItCannotMean) {
  for (const char* text : {"", "MiB", "-1", "1.5 MiB", "1 Mib", "1 XB", "1 MiB x", "0x10",
                           "99999999999999999999", "18446744073709551615 KiB"})
    EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
}

TEST(ParseBytes, ReadsTheLargestNumber) {
  EXPECT_EQ(parse_bytes("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace lull::base
