// SPDX-License-Identifier: MIT
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/rule_pattern.h"
#include "core/scan/rules.h"

namespace lull::scan {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kHead = R"([[rule]]
id = "example"
title = "An example"
tier = "safe"
cost = "nothing"
source = "https://example.org"
)";
const std::string kRule = kHead + "roots = [\"$CACHE/example\"]\n";

std::string error_of(const std::string& toml) {
  const auto rules = parse_rules(toml, "file.toml");
  if (rules) return "no error";
  EXPECT_EQ(rules.error().code, base::ErrorCode::kInvalidArgument);
  return rules.error().message;
}

TEST(RuleParser, ReadsEveryKey) {
  const auto rules = parse_rules(kRule + R"(match = ["*.png", "a/**"]
keep = ["b"]
older_than = "30 d"
not_running = ["firefox"]
lock_files = ["lock", "$CONFIG/example/*/lock"]
sqlite_family_as_one = false
)",
                                 "file.toml");
  ASSERT_TRUE(rules) << rules.error().to_string();
  ASSERT_EQ(rules->size(), 1u);
  const Rule& rule = rules->front();
  EXPECT_EQ(rule.id, "example");
  EXPECT_EQ(rule.title, "An example");
  EXPECT_EQ(rule.tier, model::Tier::kSafe);
  EXPECT_EQ(rule.cost, "nothing");
  EXPECT_EQ(rule.source, "https://example.org");
  EXPECT_THAT(rule.roots, ElementsAre("$CACHE/example"));
  EXPECT_THAT(rule.match, ElementsAre("*.png", "a/**"));
  EXPECT_THAT(rule.keep, ElementsAre("b"));
  EXPECT_EQ(rule.older_than, base::Duration(24h * 30));
  EXPECT_THAT(rule.not_running, ElementsAre("firefox"));
  EXPECT_THAT(rule.lock_files, ElementsAre("lock", "$CONFIG/example/*/lock"));
  EXPECT_FALSE(rule.sqlite_family_as_one);
  EXPECT_FALSE(rule.by_deletion_date);
  EXPECT_EQ(rule.file, "file.toml");
}

TEST(RuleParser, NamesThePlaceOfAnUnknownKeyAndTheNearestOne) {
  EXPECT_EQ(error_of(kRule + "olderthan = \"30 d\"\n"),
            "file.toml:8:1: unknown key 'olderthan'; did you mean 'older_than'?");
  EXPECT_EQ(error_of("[[rules]]\n"), "file.toml:1:3: unknown key 'rules'; did you mean 'rule'?");
}

TEST(RuleParser, NamesThePlaceOfAnUnknownTierAndTheNearestOne) {
  std::string wrong = kRule;
  wrong.replace(wrong.find("\"safe\""), 6, "\"saef\"");
  EXPECT_EQ(error_of(wrong), "file.toml:4:8: unknown tier 'saef'; did you mean 'safe'?");
}

TEST(RuleParser, NamesThePlaceOfAWrongType) {
  EXPECT_EQ(error_of(kRule + "match = \"*.png\"\n"),
            "file.toml:8:9: 'match' is a text; needs a list of texts");
  EXPECT_EQ(error_of(kRule + "match = [1]\n"),
            "file.toml:8:10: 'match' is a number; needs texts in its list");
  EXPECT_EQ(error_of(kRule + "sqlite_family_as_one = 1\n"),
            "file.toml:8:24: 'sqlite_family_as_one' is a number; needs true or false");
  EXPECT_EQ(error_of(kRule + "older_than = 30\n"),
            "file.toml:8:14: 'older_than' is a number; needs a text");
  EXPECT_THAT(error_of("rule = 3\n"), HasSubstr("must be written as [[rule]]"));
  EXPECT_THAT(error_of("rule = [1]\n"), HasSubstr("must be written as [[rule]]"));
}

TEST(RuleParser, WantsEveryNecessaryKey) {
  for (const char* key : {"id", "title", "tier", "cost", "source", "roots"}) {
    std::string without = kRule;
    const std::size_t at = without.find(std::string("\n") + key + " =") + 1;
    without.erase(at, without.find('\n', at) + 1 - at);
    EXPECT_EQ(error_of(without), "file.toml:1:1: the rule has no '" + std::string(key) + "'");
  }
}

TEST(RuleParser, NamesThePlaceOfASyntaxError) {
  EXPECT_THAT(error_of(kRule + "match = [\n\"a\"\n"), StartsWith("file.toml:"));
  EXPECT_THAT(error_of("[[rule]\n"), StartsWith("file.toml:1:"));
  EXPECT_THAT(error_of("\xff\xfe"), StartsWith("file.toml:1:"));
}

struct BadRoot {
  const char* root;
  const char* says;
};

class RuleParserRoots : public ::testing::TestWithParam<BadRoot> {};

TEST_P(RuleParserRoots, AreRefused) {
  const std::string error =
      error_of(kHead + "roots = [\"$CACHE/fine\", \"" + GetParam().root + "\"]\n");
  EXPECT_THAT(error, StartsWith("file.toml:7:"));
  EXPECT_THAT(error, HasSubstr(GetParam().says)) << GetParam().root;
}

INSTANTIATE_TEST_SUITE_P(
    Bad, RuleParserRoots,
    ::testing::Values(BadRoot{"/etc", "must begin with"}, BadRoot{"~/x", "must begin with"},
                      BadRoot{"x", "must begin with"}, BadRoot{"", "empty pattern"},
                      BadRoot{"$HOME", "too wide"}, BadRoot{"$CACHE", "too wide"},
                      BadRoot{"$HOME/*", "too wide"}, BadRoot{"$HOME/.*", "too wide"},
                      BadRoot{"$CACHE/??", "too wide"}, BadRoot{"$CACHE/{*,x}", "too wide"},
                      BadRoot{"$CACHE/a**", "'**'"}, BadRoot{"$CACHE/a/**", "'**'"},
                      BadRoot{"$CACHE//x", "doubled"}, BadRoot{"$CACHE/x/", "doubled or outer"},
                      BadRoot{"$CACHE/../x", "'..'"}, BadRoot{"$CACHE/./x", "'.'"},
                      BadRoot{"$CACHE/{a,..}/x", "'..'"},
                      BadRoot{"$CASHE/x", "did you mean '$CACHE'?"},
                      BadRoot{"$PATH/x", "unknown variable"}, BadRoot{"$/x", "unknown variable"},
                      BadRoot{"{$HOME,/etc}/x", "must begin with"},
                      BadRoot{"$CACHE/a\\nb", "control character"}));

TEST(RuleParser, RefusesGlobsThatLeaveTheRoot) {
  for (const char* bad : {"/etc/passwd", "../x", "a/../b", "~/x", "$HOME/x", "", "a//b", "./a"}) {
    EXPECT_THAT(error_of(kRule + "match = [\"" + bad + "\"]\n"), StartsWith("file.toml:8:")) << bad;
    EXPECT_THAT(error_of(kRule + "keep = [\"" + bad + "\"]\n"), StartsWith("file.toml:8:")) << bad;
  }
  EXPECT_THAT(error_of(kRule + "match = []\n"), HasSubstr("leave it out"));
}

TEST(RuleParser, RefusesAgesThatAreNone) {
  for (const char* bad : {"soon", "-3 d", "0 d", "30 fortnights", "999999999999999999 d"})
    EXPECT_THAT(error_of(kRule + "older_than = \"" + bad + "\"\n"), HasSubstr("no duration"))
        << bad;
}

TEST(RuleParser, RefusesNamesThatAreNone) {
  EXPECT_THAT(error_of(kRule + "not_running = [\"/usr/bin/x\"]\n"), HasSubstr("no name"));
  EXPECT_THAT(error_of(kRule + "lock_files = [\"a/b\"]\n"), HasSubstr("beside the root"));
  EXPECT_THAT(error_of(kRule + "lock_files = [\"$HOME/*\"]\n"), HasSubstr("too wide"));
  std::string wrong = kRule;
  wrong.replace(wrong.find("example"), 7, "Ex/../ample");
  EXPECT_THAT(error_of(wrong), HasSubstr("small letters"));
}

TEST(RuleParser, RefusesTwoRulesOfOneName) {
  EXPECT_EQ(error_of(kRule + kRule), "file.toml:8:1: a second rule called example");
}

TEST(RuleParser, RefusesADeletionDateWithoutAnAge) {
  EXPECT_THAT(error_of(kRule + "by_deletion_date = true\n"), HasSubstr("needs 'older_than'"));
}

TEST(RuleParser, SurvivesFilesMadeToHurt) {
  EXPECT_THAT(error_of(std::string(300'000, '#')), HasSubstr("256 KiB"));
  EXPECT_THAT(error_of("x = " + std::string(100'000, '[')), HasSubstr("4000 bytes"));
  std::string dotted = "a";
  for (int i = 0; i < 1900; ++i) dotted += ".a";
  EXPECT_THAT(error_of(dotted + " = 1\n"), HasSubstr("unknown key 'a'"));
  std::string nested;
  for (int i = 0; i < 3000; ++i) nested += "[\n";
  EXPECT_THAT(error_of("x = " + nested), StartsWith("file.toml:"));
  std::string braces;
  for (int i = 0; i < 40; ++i) braces += "{a,b}";
  EXPECT_THAT(error_of(kHead + "roots = [\"$CACHE/" + braces + "\"]\n"), HasSubstr("1000"));
  EXPECT_THAT(error_of(kHead + "roots = [\"$CACHE/" + std::string(3000, 'a') + "\"]\n"),
              HasSubstr("2000"));
  EXPECT_TRUE(parse_rules("", "file.toml"));
}

TEST(BuiltinRules, AreAllValidAndHaveTheAgreedTiers) {
  const auto rules = builtin_rules();
  ASSERT_TRUE(rules) << rules.error().to_string();
  std::vector<std::string> ids;
  for (const Rule& rule : rules->rules()) {
    ids.push_back(rule.id);
    EXPECT_FALSE(rule.cost.empty());
    EXPECT_THAT(rule.source, StartsWith("https://"));
    EXPECT_THAT(rule.file, StartsWith("built-in/"));
  }
  EXPECT_THAT(ids, ElementsAre("thumbnails", "failed-thumbnails", "trash", "own-temp",
                               "firefox-cache", "chromium-cache", "pip", "npm-cache", "npm-logs"));
  EXPECT_EQ(rules->find("thumbnails")->tier, model::Tier::kSafe);
  EXPECT_EQ(rules->find("pip")->tier, model::Tier::kCostly);
  EXPECT_EQ(rules->find("npm-cache")->tier, model::Tier::kCostly);
  EXPECT_EQ(rules->find("nothing"), nullptr);
}

}  // namespace
}  // namespace lull::scan
