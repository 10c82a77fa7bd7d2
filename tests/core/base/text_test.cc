// SPDX-License-Identifier: MIT
#include "core/base/text.h"

#include <array>

#include <gtest/gtest.h>

namespace lull::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(NearestWord, FindsTheSlipOfAFinger) {
  constexpr std::array<std::string_view, 4> kWords = {"status", "scan", "size", "history"};
  EXPECT_EQ(nearest_word("statsu", kWords), "status");
  EXPECT_EQ(nearest_word("scna", kWords), "scan");
  EXPECT_EQ(nearest_word("histroy", kWords), "history");
  EXPECT_EQ(nearest_word("sise", kWords), "size");
}

TEST(NearestWord, IsSilentWhenNothingIsNear) {
  constexpr std::array<std::string_view, 2> kWords = {"status", "scan"};
  EXPECT_EQ(nearest_word("frobnicate", kWords), "");
  EXPECT_EQ(nearest_word("", kWords), "");
  EXPECT_EQ(nearest_word("status", {}), "");
}

TEST(NearestWord, IsALongerOneThatBeginsWithIt) {
  constexpr std::string_view kIds[] = {"pnpm-store", "npm-cache", "npmrc", "npm-logs"};
  EXPECT_EQ(nearest_word("npm", kIds), "npm-cache");
  EXPECT_EQ(nearest_word("cache", kIds), "");
  EXPECT_EQ(nearest_word("npm-", kIds), "");
}

TEST(Utf8, AcceptsOnlyWhatRfc3629Allows) {
  EXPECT_TRUE(is_valid_utf8("plain, gr\xC3\xBC\xC3\x9F, \xE2\x82\xAC, \xF0\x9F\x98\x80"));
  for (const char* bytes : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                            "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xFF", "\xE2\x82"})
    EXPECT_FALSE(is_valid_utf8(bytes)) << bytes;
}

TEST(EscapedPath, LeavesReadablePathsAlone) {
  EXPECT_EQ(percent_escape_path("/home/u/100 % gr\xC3\xBC\xC3\x9F"),
            "/home/u/100 % gr\xC3\xBC\xC3\x9F");
}

TEST(EscapedPath, EscapesBytesControlsAndThenPercent) {
  EXPECT_EQ(percent_escape_path("/a\xFF%b"), "/a%FF%25b");
  EXPECT_EQ(percent_escape_path("/a\nb\x7F"), "/a%0Ab%7F");
  EXPECT_EQ(percent_escape_path("\xC3\xBC\xFF"), "\xC3\xBC%FF");
}

TEST(Base64, FollowsTheRfcVectors) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foo"), "Zm9v");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_encode("\xFF\xFE"), "//4=");
}

TEST(FormatDuration, ShowsTwoPartsAtMost) {
  EXPECT_EQ(format_duration(milliseconds(250)), "250 ms");
  EXPECT_EQ(format_duration(seconds(12)), "12 s");
  EXPECT_EQ(format_duration(milliseconds(1500)), "1.5 s");
  EXPECT_EQ(format_duration(seconds(200)), "3 min 20 s");
  EXPECT_EQ(format_duration(hours(6)), "6 h");
  EXPECT_EQ(format_duration(hours(24 * 7)), "7 d");
  EXPECT_EQ(format_duration(hours(25) + minutes(59)), "1 d 1 h");
  EXPECT_EQ(format_duration(-seconds(5)), "-5 s");
}

TEST(ParseDuration, TakesPeoplesWays) {
  EXPECT_EQ(parse_duration("90"), seconds(90));
  EXPECT_EQ(parse_duration("120 s"), seconds(120));
  EXPECT_EQ(parse_duration("120s"), seconds(120));
  EXPECT_EQ(parse_duration("6 h"), hours(6));
  EXPECT_EQ(parse_duration("7d"), hours(24 * 7));
  EXPECT_EQ(parse_duration("1 h 30 min"), minutes(90));
  EXPECT_EQ(parse_duration("1h30m"), minutes(90));
  EXPECT_EQ(parse_duration("250 ms"), milliseconds(250));
}

TEST(ParseDuration, RefusesTheRest) {
  for (const char* text : {"", " ", "h", "-5 s", "5 parsecs", "1.5 h", "5 s 3", "5 x 3 s",
                           "99999999999999999999 s", "999999999999 d", "1 h -3 min"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(ParseDuration, ReadsWhatFormatWrote) {
  for (const Duration duration : {Duration(seconds(1)), Duration(seconds(200)), Duration(hours(6)),
                                  Duration(hours(24 * 7)), Duration(milliseconds(250))})
    EXPECT_EQ(parse_duration(format_duration(duration)), duration);
}

}  // namespace
}  // namespace lull::base
