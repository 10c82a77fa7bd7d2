// SPDX-License-Identifier: MIT
#include "core/scan/rule_loader.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/scan/builtin_rule_files.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ScratchTree;
using ::testing::SizeIs;

std::string rule(const std::string& id) {
  return "[[rule]]\nid = \"" + id +
         "\"\ntitle = \"t\"\ntier = \"safe\"\ncost = \"c\"\nsource = \"s\"\nroots = "
         "[\"$CACHE/mine\"]\n";
}

class RuleLoader : public ::testing::Test {
 protected:
  RuleLoader() { tree_.directory("rules.d"); }
  LoadedRules load(uid_t owner = ::geteuid()) {
    auto loaded = load_rules(tree_.path("rules.d"), owner);
    EXPECT_TRUE(loaded);
    return *std::move(loaded);
  }
  // Without the built-in ones.
  static std::vector<std::string> own(const LoadedRules& loaded) {
    std::vector<std::string> ids;
    const std::size_t builtin = builtin_rules()->rules().size();
    for (std::size_t i = builtin; i < loaded.rules.rules().size(); ++i)
      ids.push_back(loaded.rules.rules()[i].id);
    return ids;
  }
  std::vector<std::string> problems(uid_t owner = ::geteuid()) {
    std::vector<std::string> all;
    for (const RuleProblem& problem : load(owner).problems) {
      const std::string text = problem.to_string();
      const std::string root = tree_.path("rules.d") + "/";
      all.push_back(text.starts_with(root) ? text.substr(root.size()) : text);
    }
    return all;
  }

  ScratchTree tree_;
};

TEST_F(RuleLoader, ReadsFilesInTheOrderOfTheirNamesBehindTheBuiltInOnes) {
  tree_.text("rules.d/b.toml", rule("second") + rule("third"));
  tree_.text("rules.d/a.toml", rule("first"));
  tree_.text("rules.d/notes.txt", "rubbish");
  tree_.text("rules.d/.hidden.toml", "rubbish");
  const LoadedRules loaded = load();
  EXPECT_THAT(own(loaded), ElementsAre("first", "second", "third"));
  EXPECT_THAT(loaded.problems, IsEmpty());
}

// A running agent reads the user's files again and again, the built-in ones once.
TEST_F(RuleLoader, ReadsAgainBehindBuiltInRulesThatAreParsedAlready) {
  tree_.text("rules.d/a.toml", rule("mine"));
  const LoadedRules first = load();
  EXPECT_EQ(first.builtin().rules().size(), builtin_rules()->rules().size());
  EXPECT_EQ(first.builtin().advice().size(), builtin_rules()->advice().size());
  const RuleSet one({first.rules.rules().front()});
  const LoadedRules again = load_rules(one, tree_.path("rules.d"), ::geteuid());
  ASSERT_THAT(again.rules.rules(), SizeIs(2)) << "no other built-in rule is looked for";
  EXPECT_EQ(again.rules.rules().back().id, "mine");
  EXPECT_EQ(again.fingerprint, first.fingerprint);
  EXPECT_THAT(again.builtin().rules(), SizeIs(1));
  tree_.text("rules.d/b.toml", rule(one.rules().front().id));
  EXPECT_THAT(load_rules(again.builtin(), tree_.path("rules.d"), ::geteuid()).problems, SizeIs(1));
}

TEST_F(RuleLoader, IsFineWithoutADirectory) {
  const auto loaded = load_rules(tree_.path("none"), ::geteuid());
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded->problems, IsEmpty());
  EXPECT_FALSE(loaded->rules.rules().empty());
}

TEST_F(RuleLoader, GoesOnWithoutABrokenFileAndNamesThePlace) {
  tree_.text("rules.d/a.toml", rule("good") + "[[rule]]\nid = \"bad\"\ntier = \"saef\"\n");
  tree_.text("rules.d/b.toml", rule("other"));
  EXPECT_THAT(own(load()), ElementsAre("other"));  // a file counts as a whole
  EXPECT_THAT(problems(), ::testing::Contains(HasSubstr("a.toml:10:8: unknown tier 'saef'")));
}

TEST_F(RuleLoader, RefusesAnIdThatIsTakenAndNamesBothFiles) {
  tree_.text("rules.d/a.toml", rule("thumbnails"));
  tree_.text("rules.d/b.toml", rule("mine"));
  tree_.text("rules.d/c.toml", rule("mine"));
  EXPECT_THAT(own(load()), ElementsAre("mine"));
  EXPECT_THAT(problems(), ElementsAre(::testing::AllOf(HasSubstr("a.toml"), HasSubstr("built-in/")),
                                      ::testing::AllOf(HasSubstr("c.toml"), HasSubstr("b.toml"))));
}

TEST_F(RuleLoader, TheTakenIdIsNamedWhereItStands) {
  tree_.text("rules.d/a.toml", "# mine\n" + rule("mine") + rule("npm-cache"));
  EXPECT_THAT(problems(), ElementsAre("a.toml:10:6: the id 'npm-cache' is taken by "
                                      "built-in/52-npm.toml"));
}

class RuleFileCheck : public RuleLoader {
 protected:
  std::vector<std::string> check(const std::string& name, const std::string& text) {
    std::vector<std::string> all;
    const auto parsed = check_rule_file(text, tree_.path(name), tree_.path("rules.d"), ::geteuid());
    for (const RuleProblem& problem : parsed.problems) {
      const std::string line = problem.to_string();
      all.push_back(line.substr(line.find(name) + name.size() + 1));
    }
    return all;
  }
};

TEST_F(RuleFileCheck, KnowsTheIdsOfBuiltInRulesAndOfOtherFiles) {
  tree_.text("rules.d/b.toml", rule("theirs"));
  EXPECT_THAT(check("a.toml", rule("npm-cache") + rule("theirs") + rule("mine")),
              ElementsAre("2:6: the id 'npm-cache' is taken by built-in/52-npm.toml",
                          "9:6: the id 'theirs' is taken by " + tree_.path("rules.d/b.toml")));
}

TEST_F(RuleFileCheck, AnAdviceHasAnIdToo) {
  EXPECT_THAT(check("a.toml",
                    "[[advice]]\nid = 'npm-cache'\ntitle = 't'\nwhy = 'w'\ncommand = 'c'\n"
                    "source = 's'\n"),
              ElementsAre("2:6: the id 'npm-cache' is taken by built-in/52-npm.toml"));
}

TEST_F(RuleFileCheck, AFileDoesNotStandInItsOwnWayNorInThatOfItsNextVersion) {
  tree_.text("rules.d/a.toml", rule("mine"));
  EXPECT_THAT(check("rules.d/a.toml", rule("mine")), IsEmpty());
  EXPECT_THAT(check("a.toml", rule("mine")), IsEmpty());
  EXPECT_THAT(check("b.toml", rule("mine")), SizeIs(1));
}

TEST_F(RuleFileCheck, SaysWhatIsWrongWithAFileInItsPlace) {
  tree_.text("rules.d/a.toml", rule("mine"));
  tree_.mode("rules.d/a.toml", 0666);
  EXPECT_THAT(check("rules.d/a.toml", rule("thumbnails")),
              ElementsAre(HasSubstr("1:1: others may write it"), HasSubstr("2:6: the id")));
  tree_.text("elsewhere.toml", rule("mine"));
  tree_.mode("elsewhere.toml", 0666);
  EXPECT_THAT(check("elsewhere.toml", rule("mine")), IsEmpty())
      << "it need not be safe where it is written, and a.toml does not count";
}

TEST_F(RuleFileCheck, ErrorsAndTakenIdsComeInTheOrderOfTheFile) {
  EXPECT_THAT(check("a.toml", rule("thumbnails") + "[[rule]]\nid = \"x\"\ntier = \"saef\"\n"),
              ::testing::Contains("2:6: the id 'thumbnails' is taken by "
                                  "built-in/10-thumbnails.toml"));
  EXPECT_THAT(
      check("a.toml", rule("thumbnails") + "[[rule]]\nid = \"x\"\ntier = \"saef\"\n").back(),
      HasSubstr("unknown tier 'saef'"));
}

TEST_F(RuleFileCheck, IdsOfAnotherSystemsRulesAreNotComparedWithTheseHere) {
  const bool linux = this_platform() == Platform::kLinux;
  const std::string other = "platform = \"" + std::string(linux ? "macos" : "linux") + "\"\n";
  EXPECT_THAT(check("a.toml", other + rule("thumbnails")), IsEmpty());
}

TEST_F(RuleLoader, LeavesOutWhatIsForAnotherSystem) {
  const bool linux = this_platform() == Platform::kLinux;
  tree_.text("rules.d/a.toml",
             "platform = \"" + std::string(linux ? "macos" : "linux") + "\"\n" + rule("foreign"));
  tree_.text("rules.d/b.toml",
             "platform = \"" + std::string(linux ? "linux" : "macos") + "\"\n" + rule("native"));
  EXPECT_THAT(own(load()), ElementsAre("native"));
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(RuleLoader, ReadsNothingThatSomebodyElseCouldHaveWritten) {
  tree_.text("elsewhere.toml", rule("linked"));
  tree_.symlink("rules.d/a-link.toml", tree_.path("elsewhere.toml"));
  tree_.text("rules.d/b-group.toml", rule("group"));
  tree_.mode("rules.d/b-group.toml", 0664);
  tree_.fifo("rules.d/c-pipe.toml");
  tree_.text("rules.d/d-large.toml", std::string(300'000, '#'));
  tree_.directory("rules.d/e-directory.toml");
  EXPECT_THAT(own(load()), IsEmpty());
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("a-link.toml:1:1: is a symbolic link"),
                                      HasSubstr("b-group.toml:1:1: others may write it"),
                                      HasSubstr("c-pipe.toml:1:1: is not a regular file"),
                                      HasSubstr("d-large.toml:1:1: larger than 256 KiB"),
                                      HasSubstr("e-directory.toml:1:1: is not a regular file")));
}

TEST_F(RuleLoader, ReadsNothingFromADirectoryOfOthers) {
  tree_.text("rules.d/a.toml", rule("mine"));
  EXPECT_THAT(problems(::geteuid() + 1), ElementsAre(HasSubstr("not owned by you")));
  tree_.mode("rules.d", 0777);
  EXPECT_THAT(own(load()), IsEmpty());
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("others may write it")));
}

// Whoever writes rules for the other system has them checked here.
TEST(ForeignRules, AreAllValid) {
  for (const BuiltinRuleFile& file : foreign_rule_files()) {
    const ParsedRuleFile parsed = parse_rule_file(file.text, std::string(file.name));
    for (const RuleProblem& problem : parsed.problems) ADD_FAILURE() << problem.to_string();
  }
}

}  // namespace
}  // namespace lull::scan
