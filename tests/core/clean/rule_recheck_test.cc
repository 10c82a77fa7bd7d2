// SPDX-License-Identifier: MIT
#include "core/clean/rule_recheck.h"

#include <filesystem>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/core/scan/installation.h"
#include "tests/support/manual_clock.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using scan::Running;
using scan::testing::Installation;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr const char* kRules = R"(
[[rule]]
id = "app"
title = "t"
tier = "safe"
cost = "made again"
source = "s"
roots = ["$CACHE/app"]
older_than = "30d"
not_running = ["appd"]
lock_files = ["$CACHE/app.lock"]

[[rule]]
id = "temp"
title = "t"
tier = "safe"
cost = "temporary"
source = "s"
roots = ["$TEMP"]
older_than = "30d"
)";

class RuleRecheckTest : public ::testing::Test {
 protected:
  RuleRecheckTest() : rules_(*scan::parse_rules(kRules, "test.toml")) {
    home_.tree.file("home/.cache/app/a");
    const auto ahead = home_.request.now - clock_.wall_now();
    clock_.jump_wall(std::chrono::duration_cast<std::chrono::milliseconds>(ahead));
  }

  RuleRecheck& recheck() {
    if (!recheck_) {
      RecheckSource source{rules_,
                           home_.directories,
                           {},
                           keep_,
                           ::geteuid(),
                           {[this] {
                              ++asked_;
                              return [this](const auto&) { return running_; };
                            },
                            [] { return [](const std::string&) { return Running::kNo; }; },
                            [this] { return locks_; }},
                           {}};
      recheck_ = *RuleRecheck::make(std::move(source), clock_);
    }
    return *recheck_;
  }
  PlanItem item(const std::string& name) const {
    PlanItem item;
    item.rule = "app";
    item.root = fs::canonical(home_.directories.cache_home).string() + "/app";
    item.path = item.root + "/" + name;
    item.directory = fs::is_directory(item.path);
    return item;
  }
  std::string why(const PlanItem& item) {
    struct stat status {};
    EXPECT_EQ(::lstat(item.path.c_str(), &status), 0) << item.path;
    return recheck()(item, status);
  }

  Installation home_;
  const scan::RuleSet rules_;
  std::vector<std::string> keep_;
  support::ManualClock clock_;
  Running running_ = Running::kNo;
  std::optional<scan::HeldLocks> locks_ = scan::HeldLocks();
  int asked_ = 0;
  std::unique_ptr<RuleRecheck> recheck_;
};

TEST_F(RuleRecheckTest, has_nothing_against_what_still_is_as_the_rule_says) {
  EXPECT_EQ(why(item("a")), "");
}

TEST_F(RuleRecheckTest, keeps_what_belongs_to_a_program_that_runs_or_may_run) {
  running_ = Running::kYes;
  EXPECT_EQ(why(item("a")), "appd is running");
  running_ = Running::kUnknown;
  clock_.advance(2s);
  EXPECT_THAT(why(item("a")), HasSubstr("cannot tell whether appd is running"));
}

TEST_F(RuleRecheckTest, asks_the_system_again_after_a_second_and_not_for_every_item) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(why(item("a")), "");
  EXPECT_EQ(asked_, 1);
  running_ = Running::kYes;
  clock_.advance(1s + 1ms);
  EXPECT_NE(why(item("a")), "");
  EXPECT_EQ(asked_, 2);
}

TEST_F(RuleRecheckTest, keeps_what_a_lock_file_says_is_in_use) {
  home_.tree.file("home/.cache/app.lock");
  EXPECT_THAT(why(item("a")), HasSubstr("locked"));
}

TEST_F(RuleRecheckTest, keeps_what_is_locked_in_a_temporary_directory_since_the_scan) {
  home_.tree.file("tmp/work/deep/piece");
  home_.tree.file("tmp/work/other");
  home_.tree.file("tmp/done");
  const auto why_in_temp = [this](const std::string& name) {
    PlanItem item;
    item.rule = "temp";
    item.root = fs::canonical(home_.directories.temp_dir).string();
    item.path = item.root + "/" + name;
    item.directory = fs::is_directory(item.path);
    return why(item);
  };
  EXPECT_EQ(why_in_temp("work/other"), "");
  const struct stat piece = home_.tree.status("tmp/work/deep/piece");
  locks_->add(piece.st_dev, piece.st_ino);
  clock_.advance(2s);
  for (const char* name : {"work", "work/other", "work/deep", "work/deep/piece"})
    EXPECT_EQ(why_in_temp(name), "locked by a running program") << name;
  EXPECT_EQ(why_in_temp("done"), "");
  locks_.reset();
  clock_.advance(2s);
  EXPECT_EQ(why_in_temp("done"), "cannot tell whether it is locked");
}

TEST_F(RuleRecheckTest, keeps_what_was_used_since_the_scan) {
  home_.make_recent("home/.cache/app/a");
  EXPECT_THAT(why(item("a")), HasSubstr("used since the scan"));
}

TEST_F(RuleRecheckTest, keeps_what_is_on_the_keep_list_or_in_something_that_is) {
  home_.tree.file("home/.cache/app/d/b");
  keep_ = {home_.directories.cache_home + "/app/d"};
  EXPECT_EQ(why(item("d/b")), "on your keep list");
  EXPECT_EQ(why(item("d")), "on your keep list");
  EXPECT_EQ(why(item("a")), "");
}

TEST_F(RuleRecheckTest, keeps_what_is_never_touched) {
  home_.tree.file("home/.cache/app/.ssh/id_ed25519");
  EXPECT_EQ(why(item(".ssh/id_ed25519")), "never touched");
}

TEST_F(RuleRecheckTest, keeps_everything_of_a_rule_that_is_gone_or_does_not_look_there) {
  PlanItem other = item("a");
  other.rule = "other";
  EXPECT_EQ(why(other), "its rule is not there any more");
  PlanItem elsewhere = item("a");
  elsewhere.root = elsewhere.root.substr(0, elsewhere.root.rfind('/'));
  EXPECT_THAT(why(elsewhere), HasSubstr("does not look there"));
}

TEST_F(RuleRecheckTest, keeps_everything_when_its_root_became_a_link) {
  const std::string root = item("a").root;
  fs::rename(root, root + "-moved");
  fs::create_directory_symlink(root + "-moved", root);
  EXPECT_NE(why(item("a")), "");
}

TEST_F(RuleRecheckTest, keeps_everything_when_nobody_can_tell_what_runs) {
  RecheckSource source{rules_, home_.directories, {}, {}, ::geteuid(), {}, {}};
  const auto unknowing = RuleRecheck::make(std::move(source), clock_);
  ASSERT_TRUE(unknowing);
  struct stat status {};
  ASSERT_EQ(::lstat(item("a").path.c_str(), &status), 0);
  EXPECT_THAT((**unknowing)(item("a"), status), HasSubstr("cannot tell"));
}

TEST_F(RuleRecheckTest, refuses_a_keep_list_that_is_none) {
  RecheckSource source{rules_, home_.directories, {}, {"not/absolute"}, ::geteuid(), {}, {}};
  EXPECT_FALSE(RuleRecheck::make(std::move(source), clock_));
}

}  // namespace
}  // namespace lull::clean
