// SPDX-License-Identifier: MIT
// What cannot be told is never taken for "no": it stays.
#include <optional>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "tests/core/scan/incident.h"

namespace lull::scan {
namespace {

using ::testing::ElementsAre;
using testing::goes;
using ::testing::HasSubstr;
using testing::Incident;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::rule_of;
using testing::stays;

class Unknown : public Incident {
 protected:
  void expect_unknown_lock(const std::string& keys) {
    home_.tree.file("home/.cache/app/x");
    const auto& category = scan(rule_of("\"$CACHE/app\"", keys));
    EXPECT_THAT(stays(home_, category),
                ElementsAre(Pair("home/.cache/app/x", "cannot tell whether it is locked")));
  }
};

TEST_F(Unknown, ALockBehindALoopOfLinksKeepsEverything) {
  home_.tree.symlink("home/.mozilla", ".mozilla");
  expect_unknown_lock("lock_files = [\"$HOME/.mozilla/firefox/*/lock\"]");
}

TEST_F(Unknown, AHeldLockBehindALoopOfLinksKeepsEverything) {
  home_.tree.symlink("home/.mozilla", ".mozilla");
  expect_unknown_lock("locks_held = [\"$HOME/.mozilla/firefox/*/.parentlock\"]");
}

TEST_F(Unknown, ALockInADirectoryThatMayNotBeSearchedKeepsEverything) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may search everywhere";
  home_.tree.file("home/.mozilla/firefox/a/lock");
  home_.tree.mode("home/.mozilla", 0);
  expect_unknown_lock("lock_files = [\"$HOME/.mozilla/firefox/*/lock\"]");
  home_.tree.mode("home/.mozilla", 0700);
}

TEST_F(Unknown, ALockBelowAVariableThatIsRefusedKeepsEverything) {
  home_.tree.symlink("home/loop", "loop");
  home_.request.directories.config_home = home_.tree.path("home/loop");
  expect_unknown_lock("lock_files = [\"$CONFIG/app/lock\"]");
}

TEST_F(Unknown, ALockInADirectoryThatIsNotThereOrIsAFileIsNone) {
  home_.tree.file("home/.cache/app/x");
  home_.tree.file("home/.file");
  const auto& category = scan(rule_of(
      "\"$CACHE/app\"",
      "lock_files = [\"$HOME/.nowhere/a/lock\", \"$HOME/.file/lock\", \"$HOME/.file/*/lock\"]"));
  EXPECT_THAT(goes(home_, category), ElementsAre("home/.cache/app/x"));
}

TEST_F(Unknown, AHeldLockIsNamedWhateverElseCannotBeTold) {
  home_.tree.file("home/.cache/app/x");
  home_.tree.symlink("home/.loop", ".loop");
  const std::string held = home_.tree.file("home/.locks/a");
  const base::UniqueFd file(::open(held.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(file.get(), LOCK_EX), 0);
  for (const char* locks :
       {"\"$HOME/.loop/b\", \"$HOME/.locks/a\"", "\"$HOME/.locks/a\", \"$HOME/.loop/b\""}) {
    const auto& category =
        scan(rule_of("\"$CACHE/app\"", "locks_held = [" + std::string(locks) + "]"));
    EXPECT_THAT(stays(home_, category),
                ElementsAre(Pair("home/.cache/app/x", "locked by a running program")));
  }
}

TEST_F(Unknown, EverythingStaysWhereNobodyCanTellWhatIsOpen) {
  home_.tree.file("home/.cache/app/sub/x");
  home_.trash("old", 90);
  home_.request.open_files = [] { return std::optional<OpenFiles>(); };
  const auto& category = scan(rule_of("\"$CACHE/app\""));
  EXPECT_THAT(goes(home_, category), IsEmpty());
  EXPECT_THAT(stays(home_, category),
              ::testing::Contains(
                  Pair("home/.cache/app/sub/x", "cannot tell whether a program has it open")));
  EXPECT_THAT(goes(home_, scan(rule_of("\"$DATA/Trash\"",
                                       "by_deletion_date = true\nolder_than = \"30 d\""))),
              IsEmpty());
  home_.request.open_files = [] { return std::optional<OpenFiles>(OpenFiles()); };
  EXPECT_THAT(goes(home_, scan(rule_of("\"$CACHE/app\""))),
              ElementsAre("home/.cache/app/sub", "home/.cache/app/sub/x"));
}

TEST_F(Unknown, TheFlatpakAppIsTheOneBelowTheHomeDirectory) {
  home_.request.directories.home = home_.tree.directory(".var/app/outer.App/home");
  home_.tree.file(".var/app/outer.App/home/.var/app/org.real.App/cache/tmp/x");
  home_.request.flatpak_running = [](const std::string& id) {
    return id == "org.real.App" ? Running::kYes : Running::kNo;
  };
  const auto& category =
      scan(rule_of("\"$HOME/.var/app/*/cache/tmp\"", "not_running_app = \"flatpak\""));
  EXPECT_THAT(goes(home_, category), IsEmpty());
  EXPECT_EQ(category.skipped.front().reason, "its application is running");
}

class LockedDirectory : public Incident {
 protected:
  // Whether a link into ~/Private, which is not mounted, is called dead.
  bool is_called_dead() {
    home_.tree.symlink("home/.local/bin/tool", "../../Private/tool");
    home_.tree.file("home/Private/.something");
    std::string rule = rule_of("\"$HOME/.local/bin\"", "only = \"dead-links\"");
    rule.replace(rule.find("\"safe\""), 6, "\"review\"");
    return !goes(home_, scan(rule)).empty();
  }
};

TEST_F(LockedDirectory, WithoutASignOfItALinkIntoItIsDead) { EXPECT_TRUE(is_called_dead()); }

TEST_F(LockedDirectory, KeepsLinksByTheStarterThatEcryptfsLeaves) {
  home_.tree.symlink("home/Private/Access-Your-Private-Data.desktop", "/usr/share/nowhere");
  EXPECT_FALSE(is_called_dead());
}

TEST_F(LockedDirectory, KeepsLinksByTheTextThatEcryptfsLeaves) {
  home_.tree.text("home/Private/README.txt", "Run ecryptfs-mount-private to see your data.");
  EXPECT_FALSE(is_called_dead());
}

TEST_F(LockedDirectory, KeepsLinksByTheLinkToItsText) {
  home_.tree.symlink("home/Private/README.txt",
                     "/usr/share/ecryptfs-utils/ecryptfs-mount-private.txt");
  EXPECT_FALSE(is_called_dead());
}

TEST_F(LockedDirectory, KeepsLinksWhereItsOwnerMayNotWrite) {
  home_.tree.file("home/Private/.something");
  home_.tree.mode("home/Private", 0500);
  home_.tree.symlink("home/.local/bin/tool", "../../Private/tool");
  std::string rule = rule_of("\"$HOME/.local/bin\"", "only = \"dead-links\"");
  rule.replace(rule.find("\"safe\""), 6, "\"review\"");
  EXPECT_THAT(goes(home_, scan(rule)), IsEmpty());
  home_.tree.mode("home/Private", 0700);
}

class KeepList : public Incident {};

TEST_F(KeepList, KeepsANameWithTheSignsOfAPatternInIt) {
  for (const std::string name :
       {"film [2024].mkv", "back\\slash", "a*b", "what?", "{a,b}", "[", "[x", "both [1] {2}"}) {
    home_.tree.file("home/.cache/app/" + name);
    home_.tree.file("home/.cache/app/other");
    for (const std::string& before : {std::string("~"), home_.directories.home}) {
      home_.request.keep = {before + "/.cache/app/" + name};
      EXPECT_FALSE(goes(home_, scan(rule_of("\"$CACHE/app\""))).contains("home/.cache/app/" + name))
          << name;
    }
  }
  EXPECT_TRUE(goes(home_, scan(rule_of("\"$CACHE/app\""))).contains("home/.cache/app/other"));
}

TEST_F(KeepList, KeepsThroughALinkWithTheSignsOfAPatternInItsName) {
  home_.tree.file("home/.cache/app/keep/x");
  home_.tree.file("home/.cache/app/y");
  home_.tree.symlink("home/a [1]", ".cache/app");
  home_.request.keep = {"~/a [1]/keep"};
  EXPECT_THAT(goes(home_, scan(rule_of("\"$CACHE/app\""))), ElementsAre("home/.cache/app/y"));
}

TEST_F(KeepList, KnowsAHomeDirectoryWithTheSignsOfAPatternInItsName) {
  home_.request.directories.home = home_.tree.directory("home [old]");
  home_.tree.file("home [old]/.app/cache/keep-1");
  home_.tree.file("home [old]/.app/cache/x");
  home_.request.keep = {"~/.app/cache/keep-*"};
  EXPECT_THAT(goes(home_, scan(rule_of("\"$HOME/.app/cache\""))),
              ElementsAre("home [old]/.app/cache/x"));
}

TEST_F(KeepList, RefusesANameWithALineBreakAtItsEnd) {
  const RuleSet none({});
  for (const char* end : {"\n", "\r\n", "\t"}) {
    home_.request.keep = {"~/.cache/app/keep" + std::string(end)};
    const auto report = lull::scan::scan(none, home_.request, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_THAT(report.error().message, HasSubstr("control character"));
  }
}

}  // namespace
}  // namespace lull::scan
