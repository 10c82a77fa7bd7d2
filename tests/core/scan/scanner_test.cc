// SPDX-License-Identifier: MIT
#include "core/scan/scanner.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include "core/scan/rules.h"
#include "tests/core/scan/installation.h"

namespace lull::scan {
namespace {

using testing::category_of;
using ::testing::ElementsAre;
using testing::goes;
using ::testing::HasSubstr;
using testing::Installation;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::stays;
using testing::text_of;
using ::testing::UnorderedElementsAre;

const tbb::global_control kFourThreads(tbb::global_control::max_allowed_parallelism, 4);

std::string rule(const std::string& id, const std::string& roots, const std::string& more = "") {
  return "[[rule]]\nid = \"" + id +
         "\"\ntitle = \"t\"\ntier = \"safe\"\ncost = \"made again\"\nsource = \"s\"\nroots = [" +
         roots + "]\n" + more + "\n";
}

std::vector<std::string> ids_of(const model::ScanReport& report) {
  std::vector<std::string> ids;
  for (const auto& category : report.categories) ids.push_back(category.id);
  return ids;
}

TEST(Scanner, RefusesAnUnknownCategoryAndNamesTheNearest) {
  Installation home;
  home.request.categories = {"pip", "thumbnials"};
  const auto report = scan(*builtin_rules(), home.request, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_THAT(report.error().message, HasSubstr("'thumbnials'; did you mean 'thumbnails'?"));
}

TEST(Scanner, ReportsTheAskedCategoriesInTheOrderOfTheTable) {
  Installation home;
  EXPECT_THAT(ids_of(home.scan({"pip", "trash", "pip"})), ElementsAre("trash", "pip"));
}

TEST(Scanner, ListsEntriesOnlyWhenAskedAndCountsTheSame) {
  Installation home;
  home.tree.file("tmp/old");
  home.tree.file("tmp/new");
  home.make_recent("tmp/new");
  const auto with = home.scan({"own-temp"});
  home.request.items = false;
  const auto without = home.scan({"own-temp"});
  EXPECT_EQ(with.categories[0].entries.size(), 2u);
  EXPECT_THAT(without.categories[0].entries, IsEmpty());
  EXPECT_EQ(with.categories[0].items, without.categories[0].items);
  EXPECT_EQ(with.total_reclaimable_bytes, without.total_reclaimable_bytes);
  EXPECT_EQ(with.categories[0].skipped.size(), without.categories[0].skipped.size());
}

TEST(Scanner, SaysWhyAnEntryMayGo) {
  Installation home;
  home.tree.file("tmp/old");
  EXPECT_THAT(home.scan({"own-temp"}).categories[0].entries[0].reason, HasSubstr("not used for"));
  home.tree.file("home/.cache/pip/http/a");
  EXPECT_EQ(home.scan({"pip"}).categories[0].entries[0].reason,
            "downloaded or built again at the next install");
}

TEST(Scanner, CountsAHardLinkedFileOnlyIfAllItsNamesGo) {
  Installation home;
  home.tree.file("home/.cache/app/a", 50'000);
  home.tree.hard_link("home/.cache/app/sub/b", "home/.cache/app/a");
  const std::uint64_t blocks = home.tree.blocks("home/.cache/app/a");
  const std::string rules = rule("r", "\"$CACHE/app\"");
  const auto inside = home.scan_rules(rules);
  EXPECT_EQ(inside.total_reclaimable_bytes, blocks + home.tree.blocks("home/.cache/app/sub"));
  EXPECT_EQ(inside.categories[0].items, 3u);

  home.tree.hard_link("home/venv/c", "home/.cache/app/a");
  const auto outside = home.scan_rules(rules);
  EXPECT_EQ(outside.total_reclaimable_bytes, 0u);
  EXPECT_EQ(outside.categories[0].items, 0u);
  ASSERT_EQ(outside.categories[0].skipped.size(), 1u);
  EXPECT_EQ(outside.categories[0].skipped[0].reason, "hard-linked from elsewhere");
  EXPECT_EQ(outside.categories[0].skipped[0].items, 2u);
  EXPECT_EQ(outside.categories[0].skipped[0].bytes, blocks);
}

TEST(Scanner, AHardLinkThatStaysHoldsTheOthers) {
  Installation home;
  home.tree.file("home/.cache/app/a.tmp");
  home.tree.hard_link("home/.cache/app/keep/b", "home/.cache/app/a.tmp");
  const auto report = home.scan_rules(rule("r", "\"$CACHE/app\"", "keep = [\"keep\"]"));
  EXPECT_EQ(report.total_reclaimable_bytes, 0u);
  EXPECT_THAT(stays(home, report.categories[0]),
              UnorderedElementsAre(Pair("home/.cache/app/a.tmp", "hard-linked from elsewhere"),
                                   Pair("home/.cache/app/keep/b", "kept by the rule")));
}

TEST(Scanner, OverlappingRulesCountNothingTwice) {
  Installation home;
  home.tree.file("home/.cache/app/inner/a", 9000);
  home.tree.file("home/.cache/app/b", 9000);
  const auto report =
      home.scan_rules(rule("first", "\"$CACHE/app/inner\"") + rule("second", "\"$CACHE/app\"") +
                      rule("third", "\"$CACHE/app\""));
  EXPECT_EQ(report.total_reclaimable_bytes,
            home.tree.blocks("home/.cache/app/inner/a") + home.tree.blocks("home/.cache/app/b"));
  EXPECT_THAT(goes(home, category_of(report, "first")), ElementsAre("home/.cache/app/inner/a"));
  EXPECT_THAT(goes(home, category_of(report, "second")), ElementsAre("home/.cache/app/b"));
  EXPECT_THAT(goes(home, category_of(report, "third")), IsEmpty());
}

TEST(Scanner, OverlappingRootsOfOneRuleCountNothingTwice) {
  Installation home;
  home.tree.file("home/.cache/app/inner/a", 9000);
  home.tree.file("home/.cache/app/b", 9000);
  const auto report =
      home.scan_rules(rule("r", "\"$CACHE/app/inner\", \"$CACHE/app\", \"$HOME/.cache/app\""));
  EXPECT_EQ(report.total_reclaimable_bytes, testing::disk_usage(home.tree.path("home/.cache/app")) -
                                                home.tree.blocks("home/.cache/app"));
  EXPECT_EQ(report.categories[0].items, 3u);
}

TEST(Scanner, ADirectoryGoesOnlyIfEverythingInItDoes) {
  Installation home;
  home.tree.file("home/.cache/app/all/deep/a");
  home.tree.directory("home/.cache/app/all/empty");
  home.tree.file("home/.cache/app/some/deep/old");
  home.tree.file("home/.cache/app/some/new");
  home.make_recent("home/.cache/app/some/new");
  home.tree.file("home/.cache/app/young-directory/old");
  home.make_recent("home/.cache/app/young-directory");
  const auto report = home.scan_rules(rule("r", "\"$CACHE/app\"", "older_than = \"1 d\""));
  const std::string app = "home/.cache/app/";
  EXPECT_THAT(
      goes(home, report.categories[0]),
      UnorderedElementsAre(app + "all", app + "all/deep", app + "all/deep/a", app + "all/empty",
                           app + "some/deep", app + "some/deep/old", app + "young-directory/old"));
  EXPECT_THAT(stays(home, report.categories[0]),
              UnorderedElementsAre(Pair(app + "some/new", "younger than 1 d"),
                                   Pair(app + "young-directory", "younger than 1 d")));
}

TEST(Scanner, WhatTheRuleDoesNotMeanIsNotMentionedAndHoldsItsDirectory) {
  Installation home;
  home.tree.file("home/.cache/app/sub/a.tmp");
  home.tree.file("home/.cache/app/sub/b.txt");
  home.tree.file("home/.cache/app/tree/x/y");
  const auto report =
      home.scan_rules(rule("r", "\"$CACHE/app\"", "match = [\"**/*.tmp\", \"tree\"]"));
  const std::string app = "home/.cache/app/";
  EXPECT_THAT(
      goes(home, report.categories[0]),
      UnorderedElementsAre(app + "sub/a.tmp", app + "tree", app + "tree/x", app + "tree/x/y"));
  EXPECT_THAT(stays(home, report.categories[0]), IsEmpty());
}

TEST(Scanner, IsTheSameWhateverTheNumberOfThreads) {
  Installation home;
  for (int i = 0; i < 3000; ++i) {
    const std::string name = "home/.cache/app/d" + std::to_string(i % 40) + "/e" +
                             std::to_string(i % 7) + "/f" + std::to_string(i);
    home.tree.text(name, i % 3 == 0 ? "x" : "");
    if (i % 11 == 0) home.make_recent(name);
    if (i % 13 == 0) home.tree.hard_link(name + "-link", name);
    if (i % 17 == 0) home.tree.hard_link("home/outside/" + std::to_string(i), name);
    if (i % 19 == 0) home.tree.text(name + "-wal", "");
    if (i % 23 == 0) home.tree.symlink(name + "-sym", "nowhere");
  }
  for (int i = 0; i < 1500; ++i) home.tree.text("home/.cache/app/flat/" + std::to_string(i), "");
  const std::string rules =
      rule("a", "\"$CACHE/app/d1\"") + rule("b", "\"$CACHE/app\"", "older_than = \"30 d\"");
  const std::string once = text_of(home.scan_rules(rules, 1));
  EXPECT_THAT(once, HasSubstr("hard-linked from elsewhere"));
  EXPECT_THAT(once, HasSubstr("part of a database that stays"));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(text_of(home.scan_rules(rules, 4)), once);
}

TEST(Scanner, ReportsWhatItHasWhenCancelled) {
  Installation home;
  for (int i = 0; i < 200; ++i) home.tree.text("tmp/d" + std::to_string(i) + "/f", "");
  base::CancelSource cancel;
  cancel.cancel(base::CancelReason::kUser);
  WalkOptions options;
  options.cancel = cancel.token();
  const auto report = scan(*builtin_rules(), home.request, options);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->partial);
  EXPECT_THAT(report->categories, IsEmpty());
}

TEST(Scanner, ACancelInTheMiddleTakesNoDirectoryForEmpty) {
  Installation home;
  for (int i = 0; i < 2000; ++i)
    home.tree.text("tmp/d" + std::to_string(i % 50) + "/f" + std::to_string(i), "");
  const auto rules =
      parse_rules(rule("r", "\"$TEMP\"", "not_running = [\"x\"]\nolder_than = \"1 d\""), "r.toml");
  home.request.running = [](const std::vector<std::string>&) { return Running::kNo; };
  int partial = 0;
  for (unsigned round = 0; round < 20; ++round) {
    base::CancelSource cancel;
    base::Progress progress;
    WalkOptions options;
    options.cancel = cancel.token();
    options.width = 1;
    options.progress = &progress;
    // The cancel lands somewhere in the walk: after so many of its 2,051 entries.
    std::atomic<bool> over = false;
    std::thread later([&, round] {
      while (!over && progress.snapshot().done_items < round * 100u) std::this_thread::yield();
      cancel.cancel(base::CancelReason::kUser);
    });
    const auto report = scan(RuleSet(*rules), home.request, options);
    over = true;
    later.join();
    ASSERT_TRUE(report);
    if (!report->partial) continue;
    ++partial;
    for (const auto& category : report->categories)
      for (const auto& entry : category.entries)
        EXPECT_THAT(entry.path, HasSubstr("/f")) << "a directory of a cancelled scan";
  }
  EXPECT_GT(partial, 5);
}

TEST(Scanner, ReportsEveryEntryAsProgress) {
  Installation home;
  for (int i = 0; i < 1500; ++i) home.tree.text("tmp/f" + std::to_string(i), "");
  base::Progress progress;
  WalkOptions options;
  options.progress = &progress;
  home.request.categories = {"own-temp"};
  const auto report = scan(*builtin_rules(), home.request, options);
  ASSERT_TRUE(report);
  EXPECT_EQ(progress.snapshot().done_items, 1501u);
  EXPECT_EQ(progress.snapshot().stage, "scanning");
  EXPECT_EQ(report->files_seen, 1500u);
  EXPECT_EQ(report->directories_seen, 1u);
}

TEST(Scanner, SaysWhatItIsAtAndNeverGoesBack) {
  Installation home;
  for (int i = 0; i < 300; ++i) {
    home.tree.text("home/.cache/a/f" + std::to_string(i), "");
    home.tree.text("home/.cache/b/f" + std::to_string(i), "");
    home.tree.text("home/.cache/c/f" + std::to_string(i), "");
  }
  base::Progress progress;
  WalkOptions options;
  options.progress = &progress;
  std::vector<std::uint64_t> counted;
  home.request.running = [&](const auto&) {
    counted.push_back(progress.snapshot().done_items);
    return Running::kNo;
  };
  home.request.open_files = [&] {
    EXPECT_EQ(progress.snapshot().stage, "looking for open files");
    return OpenFiles();
  };
  home.request.advice = true;
  std::vector<Rule> rules;
  for (const char* name : {"a", "b", "c"}) {
    const auto one = parse_rules(
        rule(name, "\"$CACHE/" + std::string(name) + "\"", "not_running = [\"x\"]"), "file.toml");
    ASSERT_TRUE(one);
    rules.push_back(one->front());
  }
  ASSERT_TRUE(scan(RuleSet(std::move(rules)), home.request, options));
  counted.push_back(progress.snapshot().done_items);
  EXPECT_EQ(progress.snapshot().stage, "sizing advice");
  EXPECT_TRUE(std::is_sorted(counted.begin(), counted.end()));
  EXPECT_EQ(counted.front(), 0u);
  EXPECT_EQ(counted.back(), 903u);
}

TEST(Scanner, TakesNamesAsBytes) {
  Installation home;
  for (const std::string name : {"new\nline", "bad\xFF", "*", "?", "[a]", "\\", "-rf", " "})
    home.tree.file("home/.cache/app/" + name);
  EXPECT_EQ(home.scan_rules(rule("r", "\"$CACHE/app\"")).categories[0].items, 8u);
}

TEST(Scanner, ALockFileBesideARootHoldsThatRootOnly) {
  Installation home;
  home.tree.file("home/.cache/app/one/cache/file");
  home.tree.file("home/.cache/app/one/lock");
  home.tree.file("home/.cache/app/two/cache/file");
  const auto report =
      home.scan_rules(rule("r", "\"$CACHE/app/*/cache\"", "lock_files = [\"lock\"]"));
  EXPECT_THAT(goes(home, report.categories[0]), ElementsAre("home/.cache/app/two/cache/file"));
  EXPECT_THAT(stays(home, report.categories[0]),
              ElementsAre(Pair("home/.cache/app/one/cache/file", "locked by a running program")));
}

TEST(Scanner, LeavesAccessTimesOfDirectoriesAlone) {
  Installation home;
  home.tree.file("tmp/d/f");
  home.tree.touch("tmp/d", home.request.now - std::chrono::years(5));
  const auto before = home.tree.status("tmp/d").st_atim;
  home.scan({"own-temp"});
  const auto after = home.tree.status("tmp/d").st_atim;
  EXPECT_EQ(before.tv_sec, after.tv_sec);
}

}  // namespace
}  // namespace lull::scan
