// SPDX-License-Identifier: MIT
// Advice says what lies there, as sure as that can be said, and only where it is of use.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/scan/rule_file.h"
#include "tests/core/scan/incident.h"

namespace lull::scan {
namespace {

using ::testing::HasSubstr;
using testing::Incident;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class AdviceScan : public Incident {
 protected:
  std::vector<model::AdviceReport> advice_of(const std::string& more) {
    const ParsedRuleFile file = parse_rule_file(
        "[[advice]]\nid = \"a\"\ntitle = \"t\"\nwhy = \"w\"\ncommand = \"c\"\n"
        "source = \"s\"\n" +
            more,
        "test.toml");
    EXPECT_THAT(file.problems, IsEmpty());
    return reported(file.advice);
  }

  std::vector<model::AdviceReport> reported(const std::vector<Advice>& advice) {
    home_.request.advice = true;
    home_.request.directories.program_path = path_;
    const auto report = lull::scan::scan(RuleSet({}, advice), home_.request, {});
    return report ? report->advice : std::vector<model::AdviceReport>{};
  }

  // Built in, as it would be shown here.
  std::vector<model::AdviceReport> builtin(const std::string& id) {
    std::vector<Advice> chosen;
    const auto rules = builtin_rules();
    for (const Advice& one : rules->advice())
      if (one.id == id) chosen.push_back(one);
    EXPECT_THAT(chosen, SizeIs(1)) << id;
    return reported(chosen);
  }

  void install(const std::string& name, mode_t mode = 0755) {
    const std::string program = home_.tree.file("bin/" + name);
    ASSERT_EQ(::chmod(program.c_str(), mode), 0);
    path_ = "/nowhere:" + home_.tree.path("bin");
  }

  std::string path_;
};

TEST_F(AdviceScan, CountsAFileWithSeveralNamesOnce) {
  home_.tree.file("home/store/a", 40'000);
  const auto one = advice_of("roots = [\"$HOME/store\"]\n");
  home_.tree.hard_link("home/store/b", "home/store/a");
  home_.tree.hard_link("home/other/c", "home/store/a");
  const auto linked = advice_of("roots = [\"$HOME/store\", \"$HOME/other/c\"]\n");
  ASSERT_EQ(one.size(), 1u);
  ASSERT_EQ(linked.size(), 1u);
  ASSERT_TRUE(one[0].bytes && linked[0].bytes);
  EXPECT_GE(*one[0].bytes, 40'000u);
  EXPECT_EQ(*linked[0].bytes, *one[0].bytes);
}

TEST_F(AdviceScan, WithoutAPlaceIsNotPartOfAScan) {
  EXPECT_THAT(advice_of(""), IsEmpty());
  EXPECT_THAT(advice_of("roots = [\"$HOME/nowhere\"]\n"), IsEmpty());
}

TEST_F(AdviceScan, SaysWhetherAllOfItWouldGo) {
  home_.tree.file("home/store/a", 40'000);
  const std::string root = "roots = [\"$HOME/store\"]\n";
  const auto whole = advice_of(root + "size = \"whole\"\n");
  ASSERT_THAT(whole, SizeIs(1));
  EXPECT_TRUE(whole[0].bytes);
  EXPECT_FALSE(whole[0].up_to);
  for (const std::string& more : {std::string(), std::string("size = \"at-most\"\n")}) {
    const auto part = advice_of(root + more);
    ASSERT_THAT(part, SizeIs(1));
    EXPECT_EQ(part[0].bytes, whole[0].bytes);
    EXPECT_TRUE(part[0].up_to);
  }
  const auto unknown = advice_of(root + "size = \"unknown\"\n");
  ASSERT_THAT(unknown, SizeIs(1));
  EXPECT_FALSE(unknown[0].bytes);
}

TEST_F(AdviceScan, LeavesOutPlacesThatHoldNothingButEmptyDirectories) {
  home_.tree.directory("home/store/a/b");
  for (const char* size : {"whole", "at-most", "unknown"}) {
    const std::string advice = "roots = [\"$HOME/store\"]\nsize = \"" + std::string(size) + "\"\n";
    EXPECT_THAT(advice_of(advice), IsEmpty()) << size;
  }
  home_.tree.file("home/store/a/b/empty", 0);
  EXPECT_THAT(advice_of("roots = [\"$HOME/store\"]\n"), SizeIs(1));
  EXPECT_THAT(advice_of("roots = [\"$HOME/store\"]\nsize = \"unknown\"\n"), SizeIs(1));
}

TEST_F(AdviceScan, ShowsThatItCannotLook) {
  if (home_.request.owner == 0) GTEST_SKIP() << "root sees everything";
  home_.tree.file("home/store/secret/a");
  ASSERT_EQ(::chmod(home_.tree.path("home/store/secret").c_str(), 0), 0);
  const auto report = advice_of("roots = [\"$HOME/store\"]\n");
  ASSERT_EQ(::chmod(home_.tree.path("home/store/secret").c_str(), 0755), 0);
  ASSERT_THAT(report, SizeIs(1));
  EXPECT_FALSE(report[0].bytes);
}

TEST_F(AdviceScan, SaysNoSizeWhereItHasNotCountedEverything) {
  for (int i = 0; i < 65; ++i) home_.tree.file("home/store/" + std::to_string(i) + "/a", 9000);
  const auto many = advice_of("roots = [\"$HOME/store/*\"]\n");
  ASSERT_THAT(many, SizeIs(1));
  EXPECT_FALSE(many[0].bytes);
  for (int i = 0; i < 65; ++i) home_.tree.file("home/files/" + std::to_string(i), 9000);
  const auto files = advice_of("roots = [\"$HOME/files/*\"]\n");
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_GE(files[0].bytes.value_or(0), 65u * 9000u);
}

TEST_F(AdviceScan, IsForWhoHasTheProgramOnTheirPath) {
  home_.tree.file("home/store/a");
  const std::string advice = "roots = [\"$HOME/store\"]\nprogram = \"tool\"\n";
  EXPECT_THAT(advice_of(advice), IsEmpty());
  install("other");
  EXPECT_THAT(advice_of(advice), IsEmpty());
  install("tool", 0644);
  EXPECT_THAT(advice_of(advice), IsEmpty());
  install("tool");
  EXPECT_THAT(advice_of(advice), SizeIs(1));
  path_ = "bin:";  // what depends on where somebody stands is no place to look
  EXPECT_THAT(advice_of(advice), IsEmpty());
}

// The title promises what belongs to apps that were removed.
TEST_F(AdviceScan, CountsOnlyWhatBelongsToNoInstalledApp) {
  install("flatpak");
  home_.tree.file("home/.var/app/org.here.App/data/file", 90'000);
  home_.tree.directory("home/.local/share/flatpak/app/org.here.App");
  EXPECT_THAT(builtin("flatpak-leftovers"), IsEmpty());
  home_.tree.file("home/.var/app/org.gone.App/data/file", 9'000);
  const auto left = builtin("flatpak-leftovers");
  ASSERT_THAT(left, SizeIs(1));
  ASSERT_TRUE(left[0].bytes);
  EXPECT_GE(*left[0].bytes, 9'000u);
  EXPECT_LT(*left[0].bytes, 90'000u);
}

TEST_F(AdviceScan, CallsNothingUnusedThatOnlyTheProgramCanTellFromWhatIsUsed) {
  for (const char* program : {"uv", "pnpm", "conda", "flatpak"}) install(program);
  for (const char* place :
       {".cache/uv", ".local/share/pnpm/store", "miniconda3/pkgs", ".local/share/flatpak/runtime"})
    home_.tree.file("home/" + std::string(place) + "/x/file", 9000);
  for (const char* id : {"uv", "pnpm-store", "conda"}) {
    const auto report = builtin(id);
    ASSERT_THAT(report, SizeIs(1)) << id;
    EXPECT_TRUE(report[0].up_to) << id;
    EXPECT_THAT(report[0].title, Not(HasSubstr("no "))) << id;
  }
  const auto runtimes = builtin("flatpak-unused");
  ASSERT_THAT(runtimes, SizeIs(1));
  EXPECT_FALSE(runtimes[0].bytes);
}

TEST_F(AdviceScan, OfAProgramsOwnCommandAsksForTheProgram) {
  const auto rules = builtin_rules();
  for (const Advice& advice : rules->advice()) {
    std::string word = advice.command;
    if (word.starts_with("sudo ")) word = word.substr(5);
    word = word.substr(0, word.find(' '));
    if (word == "find") continue;
    EXPECT_EQ(advice.program, word) << advice.id;
  }
}

}  // namespace
}  // namespace lull::scan
