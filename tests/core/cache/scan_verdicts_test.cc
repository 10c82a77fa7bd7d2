// SPDX-License-Identifier: MIT
#include "core/cache/scan_verdicts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/status_values.h"
#include "tests/support/temp_dir.h"

namespace lull::cache {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

scan::RuleSet rules() {
  scan::Rule thumbnails;
  thumbnails.id = "thumbnails";
  thumbnails.older_than = std::chrono::days(30);
  scan::Rule trash;
  trash.id = "trash";
  trash.by_deletion_date = true;
  return scan::RuleSet({thumbnails, trash});
}

class ScanVerdicts : public ::testing::Test {
 protected:
  // A report whose scan begins `later` from now: with an hour, everything on disk is older.
  model::ScanReport report(base::Duration later) {
    model::ScanReport report;
    report.as_of = base::system_clock().wall_now() +
                   std::chrono::duration_cast<std::chrono::milliseconds>(later);
    report.categories.resize(2);
    report.categories[0].id = "thumbnails";
    report.categories[0].tier = model::Tier::kSafe;
    report.categories[1].id = "trash";
    report.categories[1].tier = model::Tier::kReview;
    return report;
  }
  std::string file(const std::string& name) { return temp_.write(name, "x"); }
  static struct stat status_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status;
  }
  static std::vector<std::string> paths(const std::vector<KnownFile>& known) {
    std::vector<std::string> all;
    for (const auto& one : known) all.push_back(one.verdict.path);
    return all;
  }

  const support::TempDir temp_;
};

TEST_F(ScanVerdicts, KeepWhatTheScanSaidWithTheIdentityOfTheFile) {
  auto scanned = report(1h);
  const std::string path = file("a.png");
  scanned.categories[0].entries = {{path, 4096, "not used for 40 d", false}};
  const auto known = verdicts_of(scanned, guards_of(rules()), 10);
  ASSERT_THAT(known, SizeIs(1));
  EXPECT_EQ(known[0].identity, identity_of(status_of(path)));
  EXPECT_EQ(known[0].verdict.rule, "thumbnails");
  EXPECT_TRUE(known[0].verdict.goes);
  EXPECT_EQ(known[0].verdict.reason, "not used for 40 d");
  EXPECT_EQ(known[0].verdict.bytes, 4096u);
  EXPECT_EQ(known[0].verdict.as_of, scanned.as_of);
  EXPECT_EQ(known[0].verdict.score, 65u) << "safe 60, one guard 5, an hour old";
}

TEST_F(ScanVerdicts, WhatStaysIsKnownTooWithScoreZero) {
  auto scanned = report(1h);
  scanned.categories[0].entries = {{file("a.png"), 4096, "too recent", true}};
  const auto known = verdicts_of(scanned, guards_of(rules()), 10);
  ASSERT_THAT(known, SizeIs(1));
  EXPECT_FALSE(known[0].verdict.goes);
  EXPECT_EQ(known[0].verdict.score, 0u);
}

TEST_F(ScanVerdicts, AFileThatChangedSinceTheScanBeganIsNotKept) {
  auto scanned = report(-1h);  // everything here is younger
  scanned.categories[0].entries = {{file("a.png"), 1, "", false}};
  EXPECT_THAT(verdicts_of(scanned, guards_of(rules()), 10), IsEmpty());
}

// The attack: a folder of old files is put in the place of the one that was judged. The file itself
// has not changed for long; the folder has, by being moved.
TEST_F(ScanVerdicts, AFileInAFolderThatWasPutThereSinceIsNotKept) {
  file("judged/a.png");
  file("other/a.png");
  auto scanned = report(0s);
  scanned.categories[0].entries = {{temp_ / "judged/a.png", 1, "", false}};
  fs::rename(temp_ / "judged", temp_ / "gone");
  fs::rename(temp_ / "other", temp_ / "judged");
  EXPECT_THAT(verdicts_of(scanned, guards_of(rules()), 10), IsEmpty());
}

// What a busy machine does: somebody writes beside the files that were judged.
TEST_F(ScanVerdicts, WhereTheReportNamesTheInodeAWriterNextDoorDoesNotMatter) {
  const std::string path = file("folder/a.png");
  const struct stat judged = status_of(path);
  auto scanned = report(0s);
  scanned.as_of = base::WallTime(std::chrono::ceil<std::chrono::milliseconds>(
                      std::chrono::nanoseconds(scan::times_of(judged).ctime_ns))) +
                  kTick + 1ms;
  const auto began = std::chrono::nanoseconds((scanned.as_of - kTick).time_since_epoch()).count();
  for (int i = 0; scan::times_of(status_of(temp_ / "folder")).ctime_ns < began; ++i)
    file("folder/neighbour" + std::to_string(i));
  scanned.categories[0].entries = {{path, 1, "", false}};
  EXPECT_THAT(verdicts_of(scanned, guards_of(rules()), 10), IsEmpty())
      << "who knows what was moved there";
  scanned.categories[0].entries[0].device = judged.st_dev;
  scanned.categories[0].entries[0].inode = judged.st_ino;
  EXPECT_THAT(verdicts_of(scanned, guards_of(rules()), 10), SizeIs(1));
}

TEST_F(ScanVerdicts, AnotherInodeThanTheOneThatWasJudgedIsNotKept) {
  const struct stat other = status_of(file("other.png"));
  auto scanned = report(1h);
  scanned.categories[0].entries = {
      {file("a.png"), 1, "", false, static_cast<std::uint64_t>(other.st_dev), other.st_ino}};
  EXPECT_THAT(verdicts_of(scanned, guards_of(rules()), 10), IsEmpty());
}

TEST_F(ScanVerdicts, WhatIsGoneIsNotKept) {
  auto scanned = report(1h);
  scanned.categories[0].entries = {{temp_ / "nothing", 1, "", false}, {"", 1, "", false}};
  EXPECT_THAT(verdicts_of(scanned, guards_of(rules()), 10), IsEmpty());
}

TEST_F(ScanVerdicts, OfTooManyTheLargestAreKept) {
  auto scanned = report(1h);
  for (std::uint64_t i = 1; i <= 9; ++i)
    scanned.categories[i % 2].entries.push_back({file(std::to_string(i)), i * 1000, "", false});
  EXPECT_THAT(paths(verdicts_of(scanned, guards_of(rules()), 3)),
              UnorderedElementsAre(temp_ / "7", temp_ / "8", temp_ / "9"));
  EXPECT_THAT(verdicts_of(scanned, guards_of(rules()), 0), IsEmpty());
}

TEST_F(ScanVerdicts, AReportAnswersForItsItems) {
  auto scanned = report(1h);
  scanned.categories[0].entries = {{"/c/a", 1, "old", false}, {"/c/b", 2, "too recent", true}};
  scanned.categories[1].entries = {{"/t/files/x", 3, "in the trash for 40 d", false}};
  EXPECT_TRUE(verdict_in(scanned, rules(), "/c/a").goes);
  EXPECT_FALSE(verdict_in(scanned, rules(), "/c/b").goes);
  EXPECT_EQ(verdict_in(scanned, rules(), "/c/b").score, 0u);
  EXPECT_EQ(verdict_in(scanned, rules(), "/c/a").score, std::nullopt) << "its age is not told";
  EXPECT_EQ(verdict_in(scanned, rules(), "/t/files/x").rule, "trash");
}

TEST_F(ScanVerdicts, WhatNoRuleIsAboutStays) {
  auto scanned = report(1h);
  scanned.categories[0].entries = {{"/c/a", 1, "old", false}};
  for (const char* path : {"/c", "/c/", "/c/ab", "/c/a/below", "/", "", "relative"}) {
    const auto verdict = verdict_in(scanned, rules(), path);
    EXPECT_EQ(verdict.rule, "") << path;
    EXPECT_FALSE(verdict.goes) << path;
    EXPECT_EQ(verdict.score, std::nullopt) << path;
    EXPECT_EQ(verdict.path, path);
  }
}

TEST_F(ScanVerdicts, WhatLiesInAnItemOfTheTrashGoesWithIt) {
  auto scanned = report(1h);
  scanned.categories[1].entries = {{"/t/files/dir", 3, "in the trash for 40 d", false}};
  const auto verdict = verdict_in(scanned, rules(), "/t/files/dir/deep/er");
  EXPECT_TRUE(verdict.goes);
  EXPECT_EQ(verdict.rule, "trash");
  EXPECT_EQ(verdict.path, "/t/files/dir/deep/er");
  EXPECT_THAT(verdict.reason, HasSubstr("part of /t/files/dir"));
}

TEST_F(ScanVerdicts, WhatLiesInADirectoryThatStaysDoesNotGo) {
  auto scanned = report(1h);
  scanned.categories[0].entries = {{"/c/dir", 3, "not owned by you", true}};
  const auto verdict = verdict_in(scanned, rules(), "/c/dir/file");
  EXPECT_FALSE(verdict.goes);
  EXPECT_EQ(verdict.rule, "thumbnails");
}

}  // namespace
}  // namespace lull::cache
