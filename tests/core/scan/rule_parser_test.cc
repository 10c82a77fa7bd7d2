// SPDX-License-Identifier: MIT
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/rule_file.h"
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
locks_held = ["$HOME/.cargo/.package-cache"]
sqlite_family_as_one = false
min_size = "1 MiB"
age_by = ["mtime", "atime"]
file_format = "png"
cachedir_tag = true
beside = ["Cargo.toml"]
not_in_git_index = true
evidence = "homes/example"
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
  EXPECT_THAT(rule.locks_held, ElementsAre("$HOME/.cargo/.package-cache"));
  EXPECT_EQ(rule.min_size, 1048576u);
  EXPECT_EQ(rule.age_by, (AgeBy{.mtime = true, .ctime = false, .atime = true}));
  EXPECT_EQ(rule.file_format, FileFormat::kPng);
  EXPECT_EQ(rule.only, Only::kFiles);
  EXPECT_TRUE(rule.cachedir_tag);
  EXPECT_THAT(rule.beside, ElementsAre("Cargo.toml"));
  EXPECT_TRUE(rule.not_in_git_index);
  EXPECT_FALSE(rule.not_running_flatpak);
  EXPECT_EQ(rule.newest_stay, 0u);
  EXPECT_EQ(rule.evidence, "homes/example");
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
  EXPECT_EQ(error_of(kRule + "newest_stay = \"2\"\n"),
            "file.toml:8:15: 'newest_stay' is a text; needs a whole number");
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
    ::testing::Values(
        BadRoot{"/etc", "must begin with"}, BadRoot{"~/x", "must begin with"},
        BadRoot{"x", "must begin with"}, BadRoot{"", "empty pattern"}, BadRoot{"$HOME", "too wide"},
        BadRoot{"$CACHE", "too wide"}, BadRoot{"$HOME/*", "too wide"},
        BadRoot{"$HOME/.*", "too wide"}, BadRoot{"$CACHE/??", "too wide"},
        BadRoot{"$CACHE/{*,x}", "too wide"}, BadRoot{"$CACHE/a**", "'**'"},
        BadRoot{"$CACHE/a/**", "'**'"}, BadRoot{"$CACHE//x", "doubled"},
        BadRoot{"$CACHE/x/", "doubled or outer"}, BadRoot{"$CACHE/../x", "'..'"},
        BadRoot{"$CACHE/./x", "'.'"}, BadRoot{"$CACHE/{a,..}/x", "'..'"},
        BadRoot{"$HOME/.cache/*", "too wide"}, BadRoot{"$HOME/.cac*/*", "too wide"},
        BadRoot{"$HOME/.local/share", "too wide"}, BadRoot{"$LIBRARY/Caches/*", "too wide"},
        BadRoot{"$LIBRARY/Caches", "too wide"}, BadRoot{"$HOME/.var/app/*", "too wide"},
        BadRoot{"$HOME/a-$UID", "'$UID'"}, BadRoot{"$VOLUMES/files", "of a volume only"},
        BadRoot{"$VOLUMES/.Trash-$UID", "is for trash"},
        BadRoot{"$CASHE/x", "did you mean '$CACHE'?"}, BadRoot{"$PATH/x", "unknown variable"},
        BadRoot{"$/x", "unknown variable"}, BadRoot{"{$HOME,/etc}/x", "must begin with"},
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

TEST(RuleParser, ReadsWhatIsNewestAndFlatpaks) {
  const auto rules = parse_rules(
      kHead + "roots = [\"$HOME/.var/app/*/cache/tmp\"]\nnot_running_app = \"flatpak\"\n" +
          "newest_stay = 2\n",
      "file.toml");
  ASSERT_TRUE(rules) << rules.error().to_string();
  EXPECT_TRUE(rules->front().not_running_flatpak);
  EXPECT_EQ(rules->front().newest_stay, 2u);
}

TEST(RuleParser, ReadsTheSpecialKindsOfEntryForReviewOnly) {
  const std::vector<std::pair<const char*, Only>> kinds{
      {"dead-links", Only::kDeadLinks},
      {"broken-desktop-files", Only::kBrokenDesktopFiles},
      {"trash-orphans", Only::kTrashOrphans},
      {"empty-directories", Only::kEmptyDirectories}};
  for (const auto& [word, only] : kinds) {
    std::string rule = kRule + "only = \"" + word + "\"\n";
    EXPECT_THAT(error_of(rule), HasSubstr("needs the tier 'review'"));
    rule.replace(rule.find("\"safe\""), 6, "\"review\"");
    const auto rules = parse_rules(rule, "file.toml");
    ASSERT_TRUE(rules) << rules.error().to_string();
    EXPECT_EQ(rules->front().only, only);
  }
}

TEST(RuleParser, ReadsAdviceAndThePlatform) {
  const ParsedRuleFile parsed = parse_rule_file(R"(platform = "macos"
[[advice]]
id = "apt-cache"
title = "Packages that apt has fetched"
why = "belongs to the system"
command = "sudo apt-get clean"
source = "https://example.org"
needs_root = true
roots = ["/var/cache/apt/archives", "$CACHE/x"]
not_in = ["$DATA/y", "/var/y"]
size = "whole"
program = "apt-get"
)",
                                                "file.toml");
  ASSERT_THAT(parsed.problems, ::testing::IsEmpty());
  EXPECT_EQ(parsed.platform, Platform::kMacos);
  ASSERT_EQ(parsed.advice.size(), 1u);
  EXPECT_EQ(parsed.advice[0].id, "apt-cache");
  EXPECT_EQ(parsed.advice[0].command, "sudo apt-get clean");
  EXPECT_TRUE(parsed.advice[0].needs_root);
  EXPECT_THAT(parsed.advice[0].roots, ElementsAre("/var/cache/apt/archives", "$CACHE/x"));
  EXPECT_THAT(parsed.advice[0].not_in, ElementsAre("$DATA/y", "/var/y"));
  EXPECT_EQ(parsed.advice[0].size, AdviceSize::kWhole);
  EXPECT_EQ(parsed.advice[0].program, "apt-get");
}

TEST(RuleParser, RefusesAdviceWithoutACommandOrWithAMatch) {
  const std::string head = "[[advice]]\nid = \"a\"\ntitle = \"t\"\nwhy = \"w\"\nsource = \"s\"\n";
  EXPECT_THAT(error_of(head), HasSubstr("has no 'command'"));
  EXPECT_THAT(error_of(head + "command = \"c\"\nmatch = [\"x\"]\n"),
              HasSubstr("unknown key 'match'"));
  EXPECT_THAT(error_of(head + "command = \"c\"\nroots = [\"var\"]\n"),
              HasSubstr("must begin with"));
  EXPECT_THAT(error_of(head + "command = \"c\"\nroots = [\"/a/../b\"]\n"), HasSubstr("'..'"));
  EXPECT_THAT(error_of(head + "command = \"c\"\nnot_in = [\"/a/*\"]\n"),
              HasSubstr("without a wildcard"));
  EXPECT_THAT(error_of(head + "command = \"c\"\nsize = \"hole\"\n"),
              HasSubstr("did you mean 'whole'?"));
  EXPECT_THAT(error_of(head + "command = \"c\"\nprogram = \"/bin/c\"\n"),
              HasSubstr("is no name of a program"));
  EXPECT_THAT(error_of(kRule + "platform = 1\n"), HasSubstr("unknown key 'platform'"));
  EXPECT_THAT(error_of("platform = \"beos\"\n"), HasSubstr("unknown system 'beos'"));
}

TEST(RuleParser, ListsEveryProblemOfAFileInOrder) {
  const ParsedRuleFile parsed = parse_rule_file(R"([[rule]]
id = "Bad Id"
title = ""
tier = "saef"
source = "s"
roots = ["$CASHE/x", "$CACHE/fine", "/etc"]
older_then = "30 d"
min_size = "big"

[[rule]]
id = "fine"
title = "t"
tier = "safe"
cost = "c"
source = "s"
roots = ["$CACHE/fine"]

[[rul]]
)",
                                                "f.toml");
  std::vector<std::string> problems;
  for (const RuleProblem& problem : parsed.problems) problems.push_back(problem.to_string());
  EXPECT_THAT(
      problems,
      ElementsAre("f.toml:1:1: the rule has no 'cost'", StartsWith("f.toml:2:6: the id 'Bad Id'"),
                  StartsWith("f.toml:3:9: 'title'"),
                  "f.toml:4:8: unknown tier 'saef'; did you mean 'safe'?",
                  "f.toml:6:10: 'roots': unknown variable '$CASHE'; did you mean '$CACHE'?",
                  StartsWith("f.toml:6:37: 'roots': '/etc' must begin with one of"),
                  "f.toml:7:1: unknown key 'older_then'; did you mean 'older_than'?",
                  StartsWith("f.toml:8:12: 'big' is no size"),
                  "f.toml:18:3: unknown key 'rul'; did you mean 'rule'?"));
  ASSERT_EQ(parsed.rules.size(), 1u);
  EXPECT_EQ(parsed.rules[0].id, "fine");
}

TEST(RuleParser, RefusesKeysThatContradictEachOther) {
  EXPECT_THAT(error_of(kRule + "age_by = [\"mtime\"]\n"), HasSubstr("needs 'older_than'"));
  EXPECT_THAT(error_of(kRule + "older_than = \"1 d\"\nage_by = [\"btime\"]\n"),
              HasSubstr("did you mean 'mtime'?"));
  EXPECT_THAT(error_of(kRule + "newest_stay = 1\n"), HasSubstr("a '*' for the version"));
  EXPECT_THAT(error_of(kRule + "newest_stay = 0\n"), HasSubstr("from 1 to 100"));
  EXPECT_THAT(error_of(kRule + "not_running_app = \"flatpak\"\n"), HasSubstr("$HOME/.var/app"));
  EXPECT_THAT(error_of(kRule + "not_running_app = \"snap\"\n"), HasSubstr("unknown kind of app"));
  EXPECT_THAT(error_of(kRule + "locks_held = [\"lock\"]\n"), HasSubstr("must begin with"));
  EXPECT_THAT(error_of(kRule + "beside = [\"a/b\"]\n"), HasSubstr("beside the root"));
  EXPECT_THAT(error_of(kRule + "min_size = \"0\"\n"), HasSubstr("no size"));
}

TEST(RuleParser, TakesWideRootsOnlyIfSomethingElseSaysWhatIsMeant) {
  const auto with = [](const std::string& tier, const std::string& rest) {
    std::string rule = kHead + rest;
    rule.replace(rule.find("\"safe\""), 6, "\"" + tier + "\"");
    return error_of(rule);
  };
  const std::string tagged = "roots = [\"$CACHE/*\"]\ncachedir_tag = true\n";
  EXPECT_EQ(with("review", tagged), "no error");
  EXPECT_THAT(with("safe", tagged), HasSubstr("too wide"));
  EXPECT_EQ(with("safe", "roots = [\"$HOME\"]\nmatch = [\"core\", \"core.[0-9]*\"]\n"), "no error");
  EXPECT_EQ(with("safe", "roots = [\"$CACHE\"]\nmatch = [\"*.log\"]\n"), "no error");
  for (const char* wide : {"*", "??", "*/core", "{core,*}", "core/x"})
    EXPECT_THAT(with("safe", std::string("roots = [\"$HOME\"]\nmatch = [\"") + wide + "\"]\n"),
                HasSubstr("too wide"))
        << wide;
}

TEST(BuiltinRules, AreAllValidAndHaveTheAgreedTiers) {
  const auto rules = builtin_rules();
  ASSERT_TRUE(rules) << rules.error().to_string();
  ASSERT_FALSE(rules->rules().empty());
  for (const Rule& rule : rules->rules()) {
    EXPECT_FALSE(rule.cost.empty());
    EXPECT_THAT(rule.source, StartsWith("https://"));
    EXPECT_THAT(rule.file, StartsWith("built-in/"));
  }
  EXPECT_EQ(rules->find("thumbnails")->tier, model::Tier::kSafe);
  EXPECT_EQ(rules->find("pip")->tier, model::Tier::kCostly);
  EXPECT_EQ(rules->find("npm-cache")->tier, model::Tier::kCostly);
  EXPECT_EQ(rules->find("nothing"), nullptr);
}

}  // namespace
}  // namespace lull::scan
