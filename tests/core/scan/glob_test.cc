// SPDX-License-Identifier: MIT
#include "core/scan/glob.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::scan {
namespace {

using ::testing::ElementsAre;

struct Case {
  const char* pattern;
  const char* path;
  bool matches;
};

class GlobTest : public ::testing::TestWithParam<Case> {};

TEST_P(GlobTest, Matches) {
  EXPECT_EQ(Glob(GetParam().pattern).matches(GetParam().path), GetParam().matches)
      << GetParam().pattern << " on " << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, GlobTest,
    ::testing::Values(Case{"a", "a", true}, Case{"a", "b", false}, Case{"a", "a/b", false},
                      Case{"*.png", "x.png", true}, Case{"*.png", ".png", true},
                      Case{"*.png", "d/x.png", false}, Case{"**/*.png", "x.png", true},
                      Case{"**/*.png", "a/b/c/x.png", true},
                      Case{"**/*.png", "a/b/c/x.pngs", false}, Case{"a/**", "a", true},
                      Case{"a/**", "a/b/c", true}, Case{"a/**", "ab", false},
                      Case{"a/**/z", "a/z", true}, Case{"a/**/z", "a/b/c/z", true},
                      Case{"a/**/z", "a/b/c", false}, Case{"**/b/**/d", "a/b/c/b/x/d", true},
                      Case{"**", "", true}, Case{"**", "a/b", true}, Case{"?", "x", true},
                      Case{"?", "", false}, Case{"?", "xy", false}, Case{"[a-c]x", "bx", true},
                      Case{"[a-c]x", "dx", false}, Case{"[!a-c]x", "dx", true},
                      Case{"[]]x", "]x", true}, Case{"[ab", "[ab", true}, Case{"[ab", "a", false},
                      Case{"\\*", "*", true}, Case{"\\*", "x", false}, Case{"a*b*c", "aXbYc", true},
                      Case{"a*b*c", "aXbY", false}, Case{"*", "anything at all \xff", true},
                      Case{"*", "a/b", false}, Case{"/home/u/x", "/home/u//x", true},
                      Case{"/home//u/x/", "/home/u/x", true}, Case{"Profile *", "Profile 1", true},
                      Case{".X*-lock", ".X0-lock", true}, Case{".X*-lock", ".X11-unix", false}));

TEST(Glob, IsNotSlowedDownByManyStars) {
  const std::string pattern = std::string("**/") + "a*a*a*a*a*a*a*a*a*a*a*a*a*b";
  std::string path;
  for (int i = 0; i < 200; ++i) path += "/" + std::string(200, 'a');
  EXPECT_FALSE(Glob(pattern).matches(path));
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += "**/a/";
  EXPECT_FALSE(Glob(deep + "b").matches(path));
}

TEST(Glob, TellsWhetherItCouldMatchBelowADirectory) {
  EXPECT_TRUE(Glob("/home/u/.cache/x").may_match_below("/home/u/.cache"));
  EXPECT_TRUE(Glob("/home/u/.cache").may_match_below("/home/u/.cache"));
  EXPECT_FALSE(Glob("/home/u/.cache").may_match_below("/home/u/.cache/x"));
  EXPECT_FALSE(Glob("/home/u/.ssh").may_match_below("/home/u/.cache"));
  EXPECT_TRUE(Glob("/home/*/.cache/x").may_match_below("/home/u/.cache"));
  EXPECT_TRUE(Glob("**/x").may_match_below("/home/u/.cache"));
}

TEST(Glob, ExpandsBraces) {
  std::vector<std::string> results;
  EXPECT_TRUE(expand_braces("a/{b,c{1,2}}/d", results));
  EXPECT_THAT(results, ElementsAre("a/b/d", "a/c1/d", "a/c2/d"));
  results.clear();
  EXPECT_TRUE(expand_braces("a{b", results));
  EXPECT_THAT(results, ElementsAre("a{b"));
  results.clear();
  EXPECT_TRUE(expand_braces("{,x}y", results));
  EXPECT_THAT(results, ElementsAre("y", "xy"));
}

TEST(Glob, RefusesBracesThatStandForTooMuch) {
  std::string bomb;
  for (int i = 0; i < 40; ++i) bomb += "{a,b}";
  std::vector<std::string> results;
  EXPECT_FALSE(expand_braces(bomb, results));
  EXPECT_LE(results.size(), 1001u);
}

}  // namespace
}  // namespace lull::scan
