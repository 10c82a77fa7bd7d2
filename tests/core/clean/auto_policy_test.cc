// SPDX-License-Identifier: MIT
#include "core/clean/auto_policy.h"

#include <limits>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/rule_print.h"

namespace lull::clean {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Ne;
using ::testing::SizeIs;

constexpr base::WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};
constexpr base::WallTime kEnd = base::WallTime::max();

class AutoPolicy : public ::testing::Test {
 protected:
  AutoPolicy() {
    rules_["a"] = {"print-a", model::Tier::kSafe};
    rules_["b"] = {"print-b", model::Tier::kSafe};
    plan_.id = "p-1";
    plan_.basis = "basis";
    plan_.owner = 7;
    plan_.made_at = kNow;
    add("a", "/c/a/1");
    add("a", "/c/a/2");
    add("b", "/c/b");
  }
  void add(const std::string& rule, const std::string& path) {
    PlanItem item;
    item.rule = rule;
    item.root = "/c";
    item.path = path;
    item.bytes = 10;
    item.entries = 2;
    plan_.items.push_back(item);
  }
  void rehearsed(const std::string& rule, base::WallTime at = kNow - 24h) {
    state_.rules.push_back({rule, rules_[rule].print, at, 0});
  }
  void undone(const std::string& rule, const std::string& path, std::int64_t run,
              bool automatic = true) {
    state_.undone.push_back({path, rule, run, automatic, kNow - 1h});
  }
  AutoDecision decide_now(AutoMode mode = AutoMode::kOn, base::WallTime now = kNow) {
    return decide({mode, state_, rules_, plan_, now});
  }
  static std::vector<std::string> paths(const std::vector<PlanItem>& items) {
    std::vector<std::string> all;
    for (const auto& item : items) all.push_back(item.path);
    return all;
  }
  static std::vector<std::string> paths(const std::vector<AutoLeft>& items) {
    std::vector<std::string> all;
    for (const auto& left : items) all.push_back(left.item.path);
    return all;
  }

  model::AutoState state_;
  std::map<std::string, RuleFact> rules_;
  Plan plan_;
};

TEST_F(AutoPolicy, takes_nothing_on_a_word_it_does_not_know) {
  EXPECT_EQ(auto_mode("on"), AutoMode::kOn);
  EXPECT_EQ(auto_mode("rehearse"), AutoMode::kRehearse);
  for (const char* word : {"off", "", "ON", "yes"}) EXPECT_EQ(auto_mode(word), AutoMode::kOff);
  rehearsed("a");
  const auto off = decide_now(AutoMode::kOff);
  EXPECT_THAT(off.move.items, IsEmpty());
  EXPECT_THAT(off.rehearse, IsEmpty());
  EXPECT_THAT(off.left, SizeIs(3));
}

TEST_F(AutoPolicy, rehearses_each_rule_first_and_moves_only_when_it_is_on) {
  EXPECT_THAT(paths(decide_now(AutoMode::kRehearse).rehearse),
              ElementsAre("/c/a/1", "/c/a/2", "/c/b"));
  EXPECT_THAT(paths(decide_now().rehearse), SizeIs(3)) << "on: not before they were rehearsed";
  rehearsed("a");
  const auto rehearsing = decide_now(AutoMode::kRehearse);
  EXPECT_THAT(rehearsing.move.items, IsEmpty());
  EXPECT_THAT(paths(rehearsing.rehearse), ElementsAre("/c/b"));
  EXPECT_THAT(paths(rehearsing.left), ElementsAre("/c/a/1", "/c/a/2"));
  EXPECT_THAT(rehearsing.left[0].reason, HasSubstr("nothing moves"));
  const auto on = decide_now();
  EXPECT_THAT(paths(on.move.items), ElementsAre("/c/a/1", "/c/a/2"));
  EXPECT_THAT(paths(on.rehearse), ElementsAre("/c/b"));
  EXPECT_THAT(on.left, IsEmpty());
  EXPECT_EQ(on.move.id + on.move.basis, "p-1basis");
  EXPECT_EQ(on.move.owner, 7U);
  EXPECT_EQ(on.move.made_at, kNow);
}

TEST_F(AutoPolicy, rehearses_a_rule_again_that_is_another_one_now) {
  rehearsed("a");
  rules_["a"].print = "print-of-another";
  EXPECT_THAT(paths(decide_now().rehearse), ElementsAre("/c/a/1", "/c/a/2", "/c/b"));
}

TEST_F(AutoPolicy, rehearses_again_what_was_rehearsed_at_no_sensible_time) {
  for (const base::WallTime at : {kNow + 1h, base::WallTime{}, base::WallTime::min(), kEnd,
                                  base::WallTime{std::chrono::seconds(1)}}) {
    state_.rules.clear();
    rehearsed("a", at);
    EXPECT_THAT(decide_now().move.items, IsEmpty()) << at.time_since_epoch().count();
  }
}

TEST_F(AutoPolicy, does_not_believe_an_empty_print) {
  rules_["a"].print = "";
  rehearsed("a");
  EXPECT_THAT(decide_now().move.items, IsEmpty());
}

TEST_F(AutoPolicy, takes_only_the_safe_tier_and_only_rules_that_are_there) {
  rehearsed("a");
  rehearsed("b");
  rules_["a"].tier = model::Tier::kCostly;
  rules_.erase("b");
  const auto decision = decide_now();
  EXPECT_THAT(decision.left, SizeIs(3));
  EXPECT_THAT(decision.left[0].reason, HasSubstr("safe"));
  EXPECT_THAT(decision.left[2].reason, HasSubstr("not there any more"));
}

TEST_F(AutoPolicy, never_takes_what_was_given_back_nor_what_is_above_or_below_it) {
  rehearsed("a");
  rehearsed("b");
  undone("a", "/c/a/1", 4, false);
  undone("x", "/c/b/deep/down", 5);
  auto decision = decide_now();
  EXPECT_THAT(paths(decision.move.items), ElementsAre("/c/a/2"));
  EXPECT_THAT(paths(decision.left), ElementsAre("/c/a/1", "/c/b"));
  EXPECT_THAT(decision.left[0].reason, HasSubstr("run 4"));
  EXPECT_THAT(decision.left[1].reason, HasSubstr("run 5"));
  state_.undone.clear();
  undone("x", "/c/a", 6);
  decision = decide_now();
  EXPECT_THAT(paths(decision.move.items), ElementsAre("/c/b"));
  state_.undone.clear();
  undone("x", "/c/a/10", 7);
  undone("x", "/c/bb", 7);
  undone("x", "/c/a/1.d/x", 7);
  EXPECT_THAT(decide_now().left, IsEmpty()) << "names that only begin alike";
}

TEST_F(AutoPolicy, does_not_even_rehearse_what_was_given_back) {
  undone("a", "/c/a/1", 4);
  EXPECT_THAT(paths(decide_now(AutoMode::kRehearse).rehearse), ElementsAre("/c/a/2", "/c/b"));
}

TEST_F(AutoPolicy, pauses_a_rule_that_was_undone_in_two_of_its_runs) {
  rehearsed("a");
  undone("a", "/elsewhere/1", 4);
  undone("a", "/elsewhere/2", 4);
  undone("a", "/elsewhere/3", 9, false);
  EXPECT_THAT(paused_rules(state_), IsEmpty()) << "one automatic run, and one of a person";
  EXPECT_THAT(paths(decide_now().move.items), SizeIs(2));
  undone("a", "/elsewhere/4", 6);
  EXPECT_THAT(paused_rules(state_), ElementsAre("a"));
  const auto decision = decide_now();
  EXPECT_THAT(decision.move.items, IsEmpty());
  EXPECT_THAT(decision.left[0].reason, HasSubstr("lull rules resume a"));
  state_.rules[0].forgiven_run = 6;
  EXPECT_THAT(paused_rules(state_), IsEmpty());
  EXPECT_THAT(paths(decide_now().move.items), SizeIs(2));
  undone("a", "/elsewhere/5", 8);
  EXPECT_EQ(times_undone(state_, "a"), 1U) << "counted anew";
}

TEST_F(AutoPolicy, does_nothing_with_a_clock_that_cannot_be_right) {
  rehearsed("a");
  for (const base::WallTime now :
       {base::WallTime{}, base::WallTime::min(), kEnd,
        base::WallTime{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}}}) {
    const auto decision = decide_now(AutoMode::kOn, now);
    EXPECT_THAT(decision.left, SizeIs(3)) << now.time_since_epoch().count();
    EXPECT_THAT(decision.doubt, Ne(""));
  }
}

TEST_F(AutoPolicy, does_nothing_the_first_time_after_a_jump_of_the_clock) {
  rehearsed("a");
  state_.seen_at = kNow + 48h;
  EXPECT_THAT(decide_now().doubt, HasSubstr("went back"));
  EXPECT_THAT(decide_now().left, SizeIs(3));
  state_.seen_at = kNow - 61 * 24h;
  EXPECT_THAT(decide_now().doubt, HasSubstr("ahead"));
  for (const base::WallTime strange : {base::WallTime::min(), base::WallTime::max()}) {
    state_.seen_at = strange;
    EXPECT_THAT(decide_now().doubt, Ne(""));
  }
  state_.seen_at = kNow - 30 * 24h;
  EXPECT_EQ(decide_now().doubt, "") << "a holiday";
  state_.seen_at = kNow + 25h;
  EXPECT_EQ(decide_now().doubt, "") << "another system had set the clock of the machine";
}

TEST_F(AutoPolicy, sums_what_goes_by_rule) {
  const auto sums = sums_by_rule(plan_.items);
  ASSERT_THAT(sums, SizeIs(2));
  EXPECT_EQ(sums[0].rule, "a");
  EXPECT_EQ(sums[0].items, 4U);
  EXPECT_EQ(sums[0].bytes, 20U);
  EXPECT_EQ(sums[1].items, 2U);
}

// Whatever is known: every item has one fate, and what moves was rehearsed as it is, was never
// given back, and is of a safe rule that does not pause.
TEST_F(AutoPolicy, keeps_its_promises_whatever_is_known) {
  std::mt19937_64 random(20'260'304);
  const auto one_of = [&](std::uint64_t count) { return random() % count; };
  const char* rules[] = {"a", "b", "c", "d"};
  for (int round = 0; round < 3000; ++round) {
    rules_.clear();
    state_ = {};
    plan_.items.clear();
    for (const char* rule : rules)
      if (one_of(8) != 0)
        rules_[rule] = {"print-" + std::to_string(one_of(2)),
                        one_of(6) == 0 ? model::Tier::kCostly : model::Tier::kSafe};
    for (const char* rule : rules)
      if (one_of(3) != 0)
        state_.rules.push_back({rule, "print-" + std::to_string(one_of(2)),
                                kNow - 48h + std::chrono::hours(one_of(60)),
                                static_cast<std::int64_t>(one_of(4))});
    std::set<std::string> gone;
    for (std::uint64_t i = one_of(6); i > 0; --i) {
      const std::string path = "/r/" + std::to_string(one_of(9));
      if (gone.insert(path).second)
        undone(rules[one_of(4)], path, 1 + static_cast<std::int64_t>(one_of(5)), one_of(2) == 0);
    }
    for (int i = 0; i < 9; ++i) add(rules[one_of(4)], "/r/" + std::to_string(i));
    const auto mode = static_cast<AutoMode>(one_of(3));
    const auto decision = decide_now(mode);
    ASSERT_EQ(decision.move.items.size() + decision.rehearse.size() + decision.left.size(), 9U);
    if (mode != AutoMode::kOn) {
      ASSERT_THAT(decision.move.items, IsEmpty());
    }
    for (const PlanItem& item : decision.move.items) {
      ASSERT_TRUE(is_rehearsed(state_, item.rule, rules_.at(item.rule).print, kNow));
      ASSERT_EQ(rules_.at(item.rule).tier, model::Tier::kSafe);
      ASSERT_FALSE(gone.contains(item.path));
      ASSERT_FALSE(is_paused(state_, item.rule));
    }
    for (const AutoLeft& left : decision.left) ASSERT_THAT(left.reason, Ne(""));
  }
}

// ---- the print of a rule ------------------------------------------------------------------------

TEST(RulePrint, is_another_one_for_whatever_decides) {
  const scan::Rule plain;
  std::set<std::string> prints{scan::rule_print(plain)};
  std::size_t changes = 1;
  const auto change = [&](auto&& make) {
    scan::Rule rule = plain;
    make(rule);
    prints.insert(scan::rule_print(rule));
    ++changes;
  };
  change([](auto& rule) { rule.id = "x"; });
  change([](auto& rule) { rule.tier = model::Tier::kSafe; });
  change([](auto& rule) { rule.roots = {"x"}; });
  change([](auto& rule) { rule.roots = {"x", ""}; });
  change([](auto& rule) { rule.match = {"x"}; });
  change([](auto& rule) { rule.keep = {"x"}; });
  change([](auto& rule) { rule.older_than = 0s; });
  change([](auto& rule) { rule.older_than = 1h; });
  change([](auto& rule) { rule.age_by.mtime = false; });
  change([](auto& rule) { rule.age_by.ctime = false; });
  change([](auto& rule) { rule.age_by.atime = false; });
  change([](auto& rule) { rule.min_size = 1; });
  change([](auto& rule) { rule.file_format = scan::FileFormat::kPng; });
  change([](auto& rule) { rule.sqlite_family_as_one = false; });
  change([](auto& rule) { rule.by_deletion_date = true; });
  change([](auto& rule) { rule.only = scan::Only::kDeadLinks; });
  change([](auto& rule) { rule.not_running = {"x"}; });
  change([](auto& rule) { rule.not_running_flatpak = true; });
  change([](auto& rule) { rule.lock_files = {"x"}; });
  change([](auto& rule) { rule.locks_held = {"x"}; });
  change([](auto& rule) { rule.cachedir_tag = true; });
  change([](auto& rule) { rule.newest_stay = 1; });
  change([](auto& rule) { rule.beside = {"x"}; });
  change([](auto& rule) { rule.finished_beside = true; });
  change([](auto& rule) { rule.not_in_git_index = true; });
  EXPECT_THAT(prints, SizeIs(changes));
  for (const std::string& print : prints) EXPECT_EQ(print.size(), 16U);
}

TEST(RulePrint, stays_for_what_is_only_said) {
  scan::Rule rule;
  const std::string print = scan::rule_print(rule);
  rule.title = rule.cost = rule.source = rule.evidence = rule.file = "x";
  EXPECT_EQ(scan::rule_print(rule), print);
}

}  // namespace
}  // namespace lull::clean
