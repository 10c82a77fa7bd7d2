// SPDX-License-Identifier: MIT
// Accidents that came from outside of the rules: the environment, the keep list, other users,
// times, mounts.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/core/scan/incident.h"

namespace lull::scan {
namespace {

using testing::category_of;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::goes;
using ::testing::HasSubstr;
using testing::Incident;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::rule_of;
using testing::stays;
using ::testing::UnorderedElementsAre;

TEST_F(Incident, EmptyAndRootVariablesAreRefused) {
  struct Bad {
    std::string value, says;
  };
  for (const Bad& bad :
       {Bad{"", "$CACHE is empty"}, Bad{"/", "$CACHE is the root directory"},
        Bad{"//", "$CACHE is the root directory"}, Bad{"/.", "$CACHE is the root directory"},
        Bad{"relative", "$CACHE is not an absolute path"},
        Bad{"/tmp/../home", "$CACHE has '..' in it"},
        Bad{"/tmp/a\nb", "$CACHE has a control character in it"},
        Bad{"/etc/passwd", "$CACHE is not a directory"}}) {
    home_.request.directories.cache_home = bad.value;
    const auto& category = scan(rule_of("\"$CACHE/pip\", \"$CACHE/other\""));
    expect_refused(category, bad.says);
  }
}

TEST_F(Incident, AnEmptyOrRootHomeIsRefused) {
  for (const std::string value : {"", "/", "///"}) {
    home_.request.directories.home = value;
    const auto& category = scan(rule_of("\"$HOME/.npm/_cacache\""));
    EXPECT_EQ(category.items, 0u);
    EXPECT_THAT(category.skipped.front().reason, HasSubstr("refused: $HOME is"));
  }
}

TEST_F(Incident, AVariableThatHoldsTheHomeDirectoryIsRefused) {
  home_.tree.file("home/pip/file");
  home_.request.directories.cache_home = home_.directories.home;
  expect_refused(scan(rule_of("\"$CACHE/pip\"")), "$CACHE holds the home directory");
  home_.request.directories = home_.directories;
  home_.request.directories.temp_dir = home_.tree.root();
  expect_refused(scan(rule_of("\"$TEMP\"", "older_than = \"1 d\"")),
                 "$TEMP holds the home directory");
  home_.tree.symlink("other", ".");
  home_.request.directories.temp_dir = home_.tree.path("other");
  expect_refused(scan(rule_of("\"$TEMP\"", "older_than = \"1 d\"")),
                 "$TEMP holds the home directory");
}

TEST_F(Incident, ADoubledSlashDoesNotGetPastTheKeepList) {
  home_.tree.file("home/.cache/app/keep/file");
  home_.tree.file("home/.cache/app/go");
  for (const std::string& keep :
       {home_.directories.cache_home + "/app/keep", home_.directories.cache_home + "//app//keep/",
        "/" + home_.directories.cache_home + "/app/keep/file", std::string("~/.cache/app/keep"),
        std::string("~//.cache/app/k*"), home_.tree.root() + "/**/keep"}) {
    home_.request.keep = {keep};
    home_.request.directories = home_.directories;
    EXPECT_THAT(goes(home_, scan(rule_of("\"$CACHE/app\""))), ElementsAre("home/.cache/app/go"))
        << keep;
    home_.request.directories.cache_home = home_.tree.root() + "//home/.cache/";
    EXPECT_THAT(goes(home_, scan(rule_of("\"$CACHE/app\""))), ElementsAre("home/.cache/app/go"))
        << keep << " with a doubled slash in the variable";
  }
}

TEST_F(Incident, AKeptDirectoryAboveARootKeepsTheWholeRoot) {
  home_.tree.file("home/.cache/app/file");
  home_.request.keep = {home_.directories.cache_home};
  const auto& category = scan(rule_of("\"$CACHE/app\""));
  EXPECT_EQ(category.items, 0u);
  EXPECT_EQ(category.skipped.front().reason, "on your keep list");
}

TEST_F(Incident, TheKeepListHoldsThroughALinkedSpelling) {
  home_.tree.file("home/.cache/app/keep/file");
  home_.tree.symlink("alias", "home/.cache");
  home_.request.keep = {home_.tree.path("alias/app/keep")};
  EXPECT_THAT(goes(home_, scan(rule_of("\"$CACHE/app\""))), IsEmpty());
}

TEST_F(Incident, AKeepThatWouldKeepNothingIsAnError) {
  const auto rules = parse_rules(rule_of("\"$CACHE/app\""), "r.toml");
  for (const std::string keep : {"app/keep", "", "~other/x", "/a/../b"}) {
    home_.request.keep = {keep};
    const auto report = lull::scan::scan(RuleSet(*rules), home_.request, {});
    ASSERT_FALSE(report) << keep;
    EXPECT_EQ(report.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_THAT(report.error().message, HasSubstr("keep"));
  }
}

TEST_F(Incident, WhatBelongsToOthersStays) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make files of others";
  home_.tree.file("tmp/mine");
  home_.tree.file("tmp/theirs");
  home_.tree.file("tmp/their-directory/file");
  home_.tree.give_to("tmp/theirs", 12345);
  home_.tree.give_to("tmp/their-directory", 12345);
  home_.tree.file("home/.cache/other/file");
  home_.tree.give_to("home/.cache/other", 12345);
  const auto& category = scan(rule_of("\"$TEMP\", \"$CACHE/other\"", "older_than = \"1 d\""));
  EXPECT_THAT(goes(home_, category), ElementsAre("tmp/mine"));
  EXPECT_THAT(stays(home_, category),
              UnorderedElementsAre(Pair("tmp/theirs", "not owned by you"),
                                   Pair("tmp/their-directory", "not owned by you"),
                                   Pair("home/.cache/other", "refused: not owned by you")));
}

TEST_F(Incident, APlantedOldTimeDoesNotMakeANewFileOld) {
  home_.request.now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  home_.tree.file("tmp/planted");
  home_.tree.touch("tmp/planted", home_.request.now - std::chrono::years(20));
  EXPECT_THAT(stays(home_, scan(rule_of("\"$TEMP\"", "older_than = \"10 d\""))),
              ElementsAre(Pair("tmp/planted", "younger than 10 d")));
}

TEST_F(Incident, ATimeInTheFutureIsNotOld) {
  home_.tree.file("tmp/future");
  home_.tree.touch("tmp/future", home_.request.now + std::chrono::years(1));
  EXPECT_THAT(goes(home_, scan(rule_of("\"$TEMP\"", "older_than = \"10 d\""))), IsEmpty());
}

TEST_F(Incident, AFileThatIsReadEveryDayIsNotOld) {
  const std::string file = home_.tree.file("tmp/read-daily");
  timespec times[2]{};
  times[0].tv_sec = std::chrono::system_clock::to_time_t(home_.request.now) - 3600;  // access
  times[1].tv_sec = 1'000'000'000;                                                   // 2001
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  EXPECT_THAT(goes(home_, scan(rule_of("\"$TEMP\"", "older_than = \"10 d\""))), IsEmpty());
}

// In a process of its own: a mount must not leak into the others.
TEST_F(Incident, AMountInATemporaryDirectoryIsNotEntered) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may mount";
  home_.tree.file("tmp/old");
  home_.tree.directory("tmp/mounted/sub");
  home_.tree.file("bound/precious", 9000);
  home_.tree.directory("tmp/bind");
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
        ::mount("tmpfs", home_.tree.path("tmp/mounted").c_str(), "tmpfs", 0, "size=1m") ||
        ::mount(home_.tree.path("bound").c_str(), home_.tree.path("tmp/bind").c_str(), nullptr,
                MS_BIND, nullptr))
      ::_exit(77);
    home_.tree.file("tmp/mounted/foreign");
    report_ = home_.scan_rules(rule_of("\"$TEMP\"", "older_than = \"1 d\""), 1);
    const auto& category = category_of(report_, "r");
    const bool fine = goes(home_, category) == std::set<std::string>{"tmp/old"} &&
                      stays(home_, category) == std::map<std::string, std::string>{
                                                    {"tmp/mounted", "on another file system"},
                                                    {"tmp/bind", "on another file system"}};
    if (!fine) std::fprintf(stderr, "%s", testing::text_of(report_).c_str());
    ::_exit(fine ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Incident, UnreadableDirectoriesAreErrorsAndStay) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  home_.tree.file("tmp/locked/file");
  home_.tree.mode("tmp/locked", 0);
  home_.tree.file("tmp/fine");
  const auto& category = scan(rule_of("\"$TEMP\"", "older_than = \"1 d\""));
  EXPECT_THAT(goes(home_, category), ElementsAre("tmp/fine"));
  EXPECT_EQ(report_.error_count, 1u);
}

TEST_F(Incident, EndlessNestingCostsNoTimeAndStays) {
  home_.tree.file("home/.cache/app/file");
  home_.tree.chain("deep-directory-name", 3000);
  ASSERT_EQ(::rename(home_.tree.path("deep-directory-name").c_str(),
                     home_.tree.path("home/.cache/app/deep").c_str()),
            0);
  const auto& category = scan(rule_of("\"$CACHE/app\""));
  EXPECT_TRUE(goes(home_, category).contains("home/.cache/app/file"));
  EXPECT_FALSE(goes(home_, category).contains("home/.cache/app/deep"));
  EXPECT_THAT(category.skipped,
              Contains(::testing::Field(&model::SkippedSum::reason, "nested too deeply")));
}

}  // namespace
}  // namespace lull::scan
