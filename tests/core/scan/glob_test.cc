// SPDX-License-Identifier: MIT
#include "core/scan/glob.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/glob_set.h"

namespace lull::scan {
namespace {

using ::testing::ElementsAre;

// The last name in the state of the directory that the others lead to.
bool matches(const GlobSet& globs, std::string_view path) {
  const auto names = split_path(path);
  GlobSet::State state = globs.begin();
  for (std::size_t i = 0; i + 1 < names.size(); ++i) state = globs.descend(state, names[i]);
  return !names.empty() && globs.matches(state, names.back());
}
bool matches(std::string_view pattern, std::string_view path) {
  GlobSet globs;
  globs.add(pattern);
  return matches(globs, path);
}

struct Case {
  const char* pattern;
  const char* path;
  bool matches;
};

class GlobTest : public ::testing::TestWithParam<Case> {};

TEST_P(GlobTest, Matches) {
  EXPECT_EQ(matches(GetParam().pattern, GetParam().path), GetParam().matches)
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
                      Case{"**/**", "a", true}, Case{"**/a/**", "x/a", true},
                      Case{"a/**/**/b", "a/b", true}, Case{"**", "a/b", true}, Case{"?", "x", true},
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
  EXPECT_FALSE(matches(pattern, path));
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += "**/a/";
  EXPECT_FALSE(matches(deep + "b", path));
}

// What the set does, said in the plainest way: component by component, trying everything.
bool plainly(const std::vector<std::string_view>& pattern,
             const std::vector<std::string_view>& path, std::size_t p, std::size_t n) {
  if (p == pattern.size()) return n == path.size();
  if (pattern[p] == "**")
    return plainly(pattern, path, p + 1, n) ||
           (n < path.size() && plainly(pattern, path, p, n + 1));
  return n < path.size() && name_matches(pattern[p], path[n]) &&
         plainly(pattern, path, p + 1, n + 1);
}

TEST(GlobSet, AgreesWithTheDefinitionOnEveryPatternOfAFewNames) {
  std::mt19937 random(7);
  const auto draw = [&](const std::vector<std::string>& from) {
    std::string text;
    const std::size_t length = 1 + random() % 4;
    for (std::size_t i = 0; i < length; ++i)
      text += (i == 0 ? "" : "/") + from[random() % from.size()];
    return text;
  };
  for (int round = 0; round < 5000; ++round) {
    GlobSet globs;
    std::vector<std::string> patterns;
    for (int i = 0; i < 3; ++i) {
      patterns.push_back(draw({"a", "b", "ab", "*", "**", "a*", "*b", "?", "[ab]"}));
      globs.add(patterns.back());
    }
    const std::string path = draw({"a", "b", "ab", "ba", "abb"});
    bool expected = false;
    for (const std::string& pattern : patterns)
      expected = expected || plainly(split_path(pattern), split_path(path), 0, 0);
    ASSERT_EQ(matches(globs, path), expected)
        << patterns[0] << "  " << patterns[1] << "  " << patterns[2] << "  on  " << path;
  }
}

TEST(GlobSet, TellsWhichPatternsMatchAndWhetherAnyStillCan) {
  GlobSet globs;
  globs.add("a/b/c");
  globs.add("a/*/c");
  globs.add("x");
  const GlobSet::State below = globs.descend(globs.descend(globs.begin(), "a"), "b");
  std::vector<std::uint32_t> labels;
  globs.find(below, "c", [&](std::uint32_t label) {
    labels.push_back(label);
    return false;
  });
  EXPECT_THAT(labels, ElementsAre(0u, 1u));
  EXPECT_TRUE(globs.may_match(below));
  EXPECT_FALSE(globs.may_match(globs.descend(below, "c")));
  EXPECT_FALSE(globs.may_match(globs.descend(globs.begin(), "y")));
  globs.add("**/z");
  EXPECT_TRUE(globs.may_match(globs.descend(globs.begin(), "y")));
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
