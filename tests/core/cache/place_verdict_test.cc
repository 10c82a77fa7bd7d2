// SPDX-License-Identifier: MIT
#include "core/cache/place_verdict.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"

namespace lull::cache {
namespace {

class PlaceVerdicts : public ::testing::Test {
 protected:
  PlaceVerdicts() {
    temp_.write("home/.cache/pip/http/a", "x");
    temp_.write("home/.local/share/x", "x");
    for (const char* id : {"pip", "npm", "go", "yarn"}) {
      report_.categories.emplace_back();
      report_.categories.back().id = id;
      report_.categories.back().tier = model::Tier::kCostly;
    }
    pip().roots = {path(".cache/pip")};
    pip().entries = {{path(".cache/pip/http/a"), 4096, "", false},
                     {path(".cache/pip/http/b"), 4096, "", true},
                     {path(".cache/pip2/c"), 4096, "", false}};
  }
  model::CategoryReport& pip() { return report_.categories[0]; }
  std::string path(const std::string& below_home) const { return temp_ / ("home/" + below_home); }
  PlaceVerdict explain(const std::string& below_home, bool is_directory = true) {
    PlaceQuestion question;
    question.path = below_home.starts_with('/') ? below_home : path(below_home);
    question.is_directory = is_directory;
    question.directories = support::directories_below(temp_);
    question.owner = ::geteuid();
    question.keep = keep_;
    return explain_place(report_, rules_, question);
  }

  const support::TempDir temp_;
  scan::RuleSet rules_{{}};
  std::vector<std::string> keep_;
  model::ScanReport report_;
};

TEST_F(PlaceVerdicts, ARootStaysWithWhatGoesInItCounted) {
  const PlaceVerdict place = explain(".cache/pip");
  EXPECT_EQ(place.verdict.rule, "pip");
  EXPECT_EQ(place.verdict.tier, model::Tier::kCostly);
  EXPECT_EQ(place.verdict.reason, "a place of pip; 1 item in it goes (4.00 KiB): pip")
      << "neither what stays nor what only begins with the same letters";
  EXPECT_FALSE(place.verdict.goes);
  EXPECT_FALSE(place.lasts) << "tomorrow something else lies in it";
}

TEST_F(PlaceVerdicts, BelowARootWhatTheRuleDoesNotTakeSaysSo) {
  EXPECT_EQ(explain(".cache/pip/selfcheck.json", false).verdict.reason,
            "in a place of pip, but not what that takes");
  EXPECT_EQ(explain(".cache/pip/http").verdict.reason,
            "in a place of pip; 1 item in it goes (4.00 KiB): pip");
  EXPECT_EQ(explain(".cache/pip/empty").verdict.reason,
            "in a place of pip, but not what that takes");
}

TEST_F(PlaceVerdicts, TheNarrowestPlaceCountsAndADirectoryOfEverybodyIsNone) {
  report_.categories[1].roots = {temp_ / "home", path(".cache")};
  report_.categories[2].roots = {path(".cache/pip/http")};
  EXPECT_EQ(explain("plain").verdict.reason, "no rule is about it");
  EXPECT_EQ(explain(".cache/pip/http/c", false).verdict.rule, "go");
  EXPECT_EQ(explain(".cache/pip/d", false).verdict.rule, "pip");
}

TEST_F(PlaceVerdicts, AboveManyRulesThreeAreNamed) {
  for (std::size_t i = 1; i < 4; ++i)
    report_.categories[i].entries = {{path(".cache/other"), 1024, "", false}};
  EXPECT_EQ(explain(".cache").verdict.reason,
            "no rule takes it as a whole; 5 items in it go (11.0 KiB): pip, npm, go and 1 more");
  EXPECT_EQ(explain("/").verdict.reason,
            "no rule takes it as a whole; 5 items in it go (11.0 KiB): pip, npm, go and 1 more");
}

TEST_F(PlaceVerdicts, WhatIsNeverTouchedComesBeforeEverythingElse) {
  pip().roots = {path("Documents")};
  pip().entries = {{path("Documents/a"), 1, "", false}};
  keep_ = {path("Documents")};
  const PlaceVerdict place = explain("Documents");
  EXPECT_EQ(place.verdict.reason, "never touched: your documents");
  EXPECT_EQ(place.verdict.rule, "");
  EXPECT_TRUE(place.lasts);
}

TEST_F(PlaceVerdicts, TheKeepListComesBeforeARule) {
  keep_ = {path(".cache/pip")};
  EXPECT_EQ(explain(".cache/pip").verdict.reason, "on your keep list");
}

TEST_F(PlaceVerdicts, AnUnfinishedDownloadIsNoDocumentButItsFolderNameIs) {
  EXPECT_EQ(explain("Downloads/a.part", false).verdict.reason, "no rule is about it");
  EXPECT_EQ(explain("Downloads/a.part", true).verdict.reason, "never touched: your documents");
}

TEST_F(PlaceVerdicts, AdviceNamesItsCommandThereAndBelow) {
  scan::Advice advice;
  advice.id = "frob";
  advice.command = "frob prune";
  advice.roots = {"$CACHE/frob", "/var/cache/{apt,dnf}"};
  rules_ = scan::RuleSet({}, {advice});
  EXPECT_EQ(explain(".cache/frob/a/b").verdict.reason, "Lull leaves this to `frob prune`");
  EXPECT_EQ(explain("/var/cache/dnf").verdict.reason, "Lull leaves this to `frob prune`");
  report_.categories[2].roots = {path(".cache")};
  report_.categories[3].roots = {path(".cache/frob")};
  EXPECT_EQ(explain(".cache/frob/a").verdict.reason, "Lull leaves this to `frob prune`");
  EXPECT_EQ(explain(".cache/frob/a").verdict.rule, "");
  EXPECT_EQ(explain(".cache/frobs").verdict.reason, "no rule is about it");
}

}  // namespace
}  // namespace lull::cache
