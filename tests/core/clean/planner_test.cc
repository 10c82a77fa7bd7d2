// SPDX-License-Identifier: MIT
#include "core/clean/planner.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/core/scan/installation.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using scan::testing::Installation;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kRules = R"(
[[rule]]
id = "app"
title = "t"
tier = "safe"
cost = "made again"
source = "s"
roots = ["$CACHE/app"]
keep = ["keep", "d/keep", "inner/keep"]
[[rule]]
id = "inner"
title = "t"
tier = "safe"
cost = "made again"
source = "s"
roots = ["$CACHE/app/inner"]
)";

class Planner : public ::testing::Test {
 protected:
  Planner() : rules_(*scan::parse_rules(kRules, "test.toml")) {}

  std::string cache(const std::string& name) const {
    return home_.directories.cache_home + "/" + name;
  }
  void write(const std::string& name) { home_.tree.file("home/.cache/" + name); }
  model::ScanReport scan() { return *scan::scan(rules_, home_.request, {}); }
  PlanMaking plan(const model::ScanReport& report) const {
    return make_plan(report, {rules_, home_.directories.home, "basis", ::geteuid()});
  }
  PlanMaking plan() { return plan(scan()); }

  static std::set<std::string> paths_of(const PlanMaking& making) {
    std::set<std::string> paths;
    for (const PlanItem& item : making.plan.items) paths.insert(item.path);
    return paths;
  }
  static std::vector<std::pair<std::string, std::string>> left_of(const PlanMaking& making) {
    std::vector<std::pair<std::string, std::string>> left;
    for (const LeftOut& one : making.left_out) left.emplace_back(one.path, one.reason);
    return left;
  }

  Installation home_;
  const scan::RuleSet rules_;
};

TEST_F(Planner, has_what_the_scan_showed_with_what_it_is) {
  write("app/keep");
  write("app/a");
  const model::ScanReport report = scan();
  const PlanMaking making = plan(report);
  ASSERT_EQ(paths_of(making), std::set{cache("app/a")});
  const PlanItem& item = making.plan.items[0];
  struct stat status {};
  ASSERT_EQ(::lstat(item.path.c_str(), &status), 0);
  EXPECT_EQ(item.rule, "app");
  EXPECT_EQ(item.root, cache("app"));
  EXPECT_EQ(item.inode, status.st_ino);
  EXPECT_EQ(item.device, status.st_dev);
  EXPECT_EQ(item.size, static_cast<std::uint64_t>(status.st_size));
  EXPECT_FALSE(item.directory);
  EXPECT_EQ(item.bytes, report.total_reclaimable_bytes);
  EXPECT_EQ(making.plan.made_at, report.as_of);
  EXPECT_EQ(making.plan.basis, "basis");
  EXPECT_EQ(making.plan.owner, ::geteuid());
  EXPECT_THAT(making.left_out, IsEmpty());
}

TEST_F(Planner, takes_a_directory_that_goes_with_everything_in_it_as_one) {
  write("app/keep");
  write("app/whole/a");
  write("app/whole/sub/b");
  write("app/whole-not/c");  // sorts between the directory and what is in it
  const model::ScanReport report = scan();
  const PlanMaking making = plan(report);
  EXPECT_EQ(paths_of(making), (std::set{cache("app/whole"), cache("app/whole-not")}));
  std::uint64_t entries = 0, bytes = 0;
  for (const PlanItem& item : making.plan.items) {
    EXPECT_TRUE(item.directory) << item.path;
    entries += item.entries;
    bytes += item.bytes;
  }
  EXPECT_EQ(entries, report.categories[0].items + report.categories[1].items);
  EXPECT_EQ(bytes, report.total_reclaimable_bytes);
}

TEST_F(Planner, takes_of_a_directory_in_which_something_stays_only_the_rest) {
  write("app/d/keep");
  write("app/d/a");
  EXPECT_EQ(paths_of(plan()), std::set{cache("app/d/a")});
}

TEST_F(Planner, says_of_each_item_the_root_of_its_own_rule) {
  write("app/keep");
  write("app/inner/keep");
  write("app/inner/x");
  const PlanMaking making = plan();
  for (const PlanItem& item : making.plan.items) {
    if (item.rule == "inner") {
      EXPECT_EQ(item.root, cache("app/inner"));
    }
    EXPECT_TRUE(item.path.starts_with(item.root)) << item.path;
  }
}

TEST_F(Planner, leaves_out_what_is_not_what_was_judged) {
  write("app/keep");
  for (const char* name : {"app/gone", "app/replaced", "app/stays"}) write(name);
  const model::ScanReport report = scan();
  fs::remove(cache("app/gone"));
  write("app/other");
  fs::rename(cache("app/other"), cache("app/replaced"));
  const PlanMaking making = plan(report);
  EXPECT_EQ(paths_of(making), std::set{cache("app/stays")});
  EXPECT_THAT(left_of(making),
              ElementsAre(Pair(cache("app/gone"), HasSubstr("not there any more")),
                          Pair(cache("app/replaced"), HasSubstr("something else"))));
}

TEST_F(Planner, leaves_out_what_has_changed_since_the_scan_began) {
  write("app/keep");
  write("app/a");
  model::ScanReport report = scan();
  // As if it had begun before the file was made.
  report.as_of -= std::chrono::hours(24 * 90);
  const PlanMaking making = plan(report);
  EXPECT_THAT(making.plan.items, IsEmpty());
  EXPECT_THAT(left_of(making),
              ElementsAre(Pair(cache("app/a"), HasSubstr("since the scan began"))));
}

TEST_F(Planner, leaves_the_trash_to_purging) {
  home_.trash("old", 90);
  const auto builtin = scan::builtin_rules();
  ASSERT_TRUE(builtin);
  const auto report = scan::scan(*builtin, home_.request, {});
  ASSERT_GT(scan::testing::category_of(*report, "trash").items, 0u);
  const PlanMaking making = make_plan(*report, {*builtin, home_.directories.home, "", ::geteuid()});
  for (const PlanItem& item : making.plan.items) EXPECT_NE(item.rule, "trash");
  EXPECT_THAT(making.left_out, Contains(Field(&LeftOut::reason, "it is in the trash already")));
}

TEST_F(Planner, leaves_out_what_a_rule_found_that_is_gone) {
  write("app/a");
  const scan::RuleSet none{{}};
  const PlanMaking making = make_plan(scan(), {none, home_.directories.home, "", ::geteuid()});
  EXPECT_THAT(making.plan.items, IsEmpty());
  EXPECT_FALSE(making.left_out.empty());
}

TEST_F(Planner, gives_every_plan_an_id_of_its_own) {
  const model::ScanReport report = scan();
  const std::string one = plan(report).plan.id, other = plan(report).plan.id;
  EXPECT_NE(one, other);
  EXPECT_EQ(one.size(), 18u);
  EXPECT_TRUE(one.starts_with("p-"));
}

TEST(PlanBasis, is_another_for_other_rules_keeps_or_programs) {
  const std::set<std::string> all{
      plan_basis("1", 1, {"/a"}),   plan_basis("2", 1, {"/a"}),  plan_basis("1", 2, {"/a"}),
      plan_basis("1", 1, {"/b"}),   plan_basis("1", 1, {}),      plan_basis("1", 1, {"/a", "/b"}),
      plan_basis("1", 1, {"/a/b"}), plan_basis("1", 11, {"/a"}),
  };
  EXPECT_EQ(all.size(), 8u);
  EXPECT_EQ(plan_basis("1", 1, {"/a"}), plan_basis("1", 1, {"/a"}));
}

}  // namespace
}  // namespace lull::clean
