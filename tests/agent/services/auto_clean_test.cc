// SPDX-License-Identifier: MIT
#include "agent/services/auto_clean.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tidy_home.h"

namespace lull::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using scheduler::Outcome;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TidyHome;

class AutoCleanTest : public ::testing::Test {
 protected:
  AutoCleanTest() {
    a_ = home_.thumbnail("a.png");
    b_ = home_.thumbnail("b.png");
    thesis_ = home_.temp.write("home/Documents/thesis.odt", "precious");
  }
  using Life = TidyHome::Life;
  void set(const std::string& mode) { home_.settings.automation.clean = mode; }
  // Rehearsed, and a day later.
  void rehearse(Life& life) {
    set("rehearse");
    ASSERT_EQ(life.clean_idle().outcome, Outcome::kDone);
    set("on");
    home_.sleep(24h);
  }
  std::vector<model::RunNote> notes_of(Life& life, std::int64_t run) {
    const auto detail = life.journal->run_detail(run);
    EXPECT_TRUE(detail) << detail.error().to_string();
    return detail ? detail->notes : std::vector<model::RunNote>();
  }

  TidyHome home_;
  std::string a_, b_, thesis_;
};

TEST_F(AutoCleanTest, ShowsWhatWouldGoAndMovesNothing) {
  home_.live([&](Life& life) {
    const auto result = life.clean_idle();
    EXPECT_EQ(result.outcome, Outcome::kDone) << result.message;
    EXPECT_TRUE(fs::exists(a_));
    EXPECT_THAT(home_.trashed(), IsEmpty());
    const auto rows = life.history("rehearsal");
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].kind, "clean");
    EXPECT_EQ(rows[0].items, 2U);
    EXPECT_GE(rows[0].bytes, 40'000U);
    EXPECT_FALSE(rows[0].undoable);
    EXPECT_THAT(rows[0].summary, HasSubstr("would move 2 things"));
    EXPECT_THAT(rows[0].summary, HasSubstr("thumbnails"));
    const auto notes = notes_of(life, rows[0].run);
    EXPECT_THAT(notes, Contains(Field(&model::RunNote::path, home_.real(a_))));
    EXPECT_EQ(notes[0].path, "") << "the sum of the rule comes first";
    EXPECT_EQ(notes[0].items, 2U);
    const auto usage = life.journal->run_detail(rows[0].run)->entry.usage;
    ASSERT_TRUE(usage);
    EXPECT_GT(usage->cpu, 0s);
    EXPECT_FALSE(usage->on_battery);
    ASSERT_THAT(home_.news, SizeIs(1));
    EXPECT_EQ(home_.news[0].rehearsal, rows[0].run);
    EXPECT_EQ(home_.news[0].run, 0);
    EXPECT_EQ(life.why("not-rehearsed"), "1 rule shown so far");
  });
}

TEST_F(AutoCleanTest, ShowsEachRuleOnceAndTellsOnce) {
  home_.live([&](Life& life) {
    life.clean_idle();
    home_.sleep(24h);
    EXPECT_THAT(life.clean_idle().message, HasSubstr("nothing moves"));
    EXPECT_THAT(life.history("rehearsal"), SizeIs(1));
    home_.temp.write("home/.cache/thumbnails/fail/gnome/f.png", "x");
    home_.sleep(24h);
    life.clean_idle();
    EXPECT_THAT(life.history("rehearsal"), SizeIs(2)) << "a rule that found nothing before";
    EXPECT_THAT(home_.news, SizeIs(1));
    EXPECT_TRUE(fs::exists(a_));
  });
}

TEST_F(AutoCleanTest, TellsAgainWhereNobodyCouldBeTold) {
  home_.somebody_is_told = false;
  home_.live([&](Life& life) {
    life.clean_idle();
    home_.somebody_is_told = true;
    home_.temp.write("home/.cache/thumbnails/fail/gnome/f.png", "x");
    home_.sleep(24h);
    life.clean_idle();
    home_.sleep(24h);
    life.clean_idle();
    EXPECT_THAT(home_.news, SizeIs(2));
  });
}

TEST_F(AutoCleanTest, TellsOfTheOneRehearsalUntilSomebodyWasTold) {
  home_.somebody_is_told = false;
  home_.live([&](Life& life) { life.clean_idle(); });
  ASSERT_THAT(home_.news, SizeIs(1));
  home_.live([&](Life& life) {
    EXPECT_TRUE(life.teller.occasion()) << "in the next life, too";
    home_.somebody_is_told = true;
    life.teller.look({});
    ASSERT_THAT(home_.news, SizeIs(2));
    EXPECT_EQ(home_.news[1].rehearsal, home_.news[0].rehearsal);
    EXPECT_EQ(home_.news[1].shown_items, 2U);
    EXPECT_THAT(home_.news[1].shown_rules, ElementsAre("thumbnails"));
    EXPECT_FALSE(life.teller.occasion());
    life.clean_idle();
    EXPECT_THAT(home_.news, SizeIs(2)) << "told once";
  });
}

TEST_F(AutoCleanTest, TriesAgainEverMoreRarelyWhereNobodyCanBeTold) {
  home_.somebody_is_told = false;
  home_.live([&](Life& life) {
    life.clean_idle();
    std::vector<base::Duration> pauses;
    for (int tries = 0; tries < 8; ++tries) {
      const auto asked_at = home_.engine.time.now();
      while (!life.teller.occasion()) home_.sleep(1min);
      pauses.push_back(home_.engine.time.now() - asked_at);
      life.teller.look({});
    }
    EXPECT_THAT(pauses, ElementsAre(10min, 20min, 40min, 80min, 160min, 320min, 6h, 6h));
    EXPECT_THAT(home_.news, SizeIs(9));
    EXPECT_TRUE(life.teller.somebody_listens()) << "a desktop has come";
    home_.somebody_is_told = true;
    life.teller.look({});
    EXPECT_FALSE(life.teller.somebody_listens()) << "nothing is left to tell";
    EXPECT_THAT(home_.news, SizeIs(10));
  });
}

TEST_F(AutoCleanTest, TellsNothingThatWasGivenBackBeforeAnybodyWasTold) {
  home_.live([&](Life& life) {
    rehearse(life);
    home_.somebody_is_told = false;
    life.clean_idle();
    ASSERT_TRUE(life.take_back());
    ASSERT_TRUE(life.teller.somebody_listens());
    const auto before = home_.news.size();
    life.teller.look({});
    EXPECT_THAT(home_.news, SizeIs(before));
  });
}

TEST_F(AutoCleanTest, MovesWhatWasRehearsedOnceItIsOn) {
  home_.live([&](Life& life) {
    rehearse(life);
    const auto result = life.clean_idle();
    EXPECT_EQ(result.outcome, Outcome::kDone) << result.message;
    EXPECT_FALSE(fs::exists(a_));
    EXPECT_THAT(home_.trashed(), Contains("a.png"));
    EXPECT_TRUE(fs::exists(thesis_));
    const auto rows = life.history("automatic");
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_TRUE(rows[0].undoable);
    EXPECT_TRUE(life.journal->run_detail(rows[0].run)->entry.usage);
    ASSERT_THAT(home_.news, SizeIs(2));
    EXPECT_EQ(home_.news[1].run, rows[0].run);
    EXPECT_EQ(home_.news[1].moved_items, 2U);
    ASSERT_TRUE(life.take_back(rows[0].run));
    EXPECT_TRUE(fs::exists(a_));
    EXPECT_THAT(home_.trashed(), IsEmpty());
  });
}

TEST_F(AutoCleanTest, RehearsesFirstEvenIfItWasOnFromTheStart) {
  set("on");
  home_.live([&](Life& life) {
    life.clean_idle();
    EXPECT_TRUE(fs::exists(a_));
    ASSERT_THAT(home_.news, SizeIs(1));
    EXPECT_TRUE(home_.news[0].on);
    EXPECT_EQ(home_.news[0].run, 0);
    home_.sleep(24h);
    life.clean_idle();
    EXPECT_FALSE(fs::exists(a_));
  });
}

TEST_F(AutoCleanTest, DoesNothingWhenItIsOff) {
  set("off");
  home_.live([&](Life& life) {
    EXPECT_THAT(life.clean_idle().message, HasSubstr("off"));
    EXPECT_THAT(*life.journal->history(0), IsEmpty());
    const auto why = life.jobs.explain("clean-idle");
    ASSERT_TRUE(why);
    EXPECT_FALSE(why->would_run);
    EXPECT_EQ(why->conditions[0].code, "clean-off");
    EXPECT_FALSE(why->conditions[0].state.met);
  });
}

TEST_F(AutoCleanTest, TakesOnlyWhatIsSafeWhateverTheTiersAre) {
  const auto costly = home_.temp.write("home/.cache/pip/http/x", std::string(9000, 'x'));
  home_.settings.clean.tiers = {"safe", "costly"};
  home_.live([&](Life& life) {
    rehearse(life);
    life.clean_idle();
    EXPECT_FALSE(fs::exists(a_));
    EXPECT_TRUE(fs::exists(costly));
  });
}

TEST_F(AutoCleanTest, TakesNothingIfThePersonsTiersLeaveOutSafe) {
  home_.settings.clean.tiers = {};
  home_.live([&](Life& life) {
    EXPECT_THAT(life.clean_idle().message, HasSubstr("clean.tiers"));
    EXPECT_THAT(*life.journal->history(0), IsEmpty());
  });
}

TEST_F(AutoCleanTest, NeverTakesAgainWhatWasGivenBack) {
  home_.live([&](Life& life) {
    rehearse(life);
    life.clean_idle();
    ASSERT_TRUE(life.take_back(std::nullopt, {home_.real(a_)}));
    const auto c = home_.thumbnail("c.png");
    home_.sleep(24h * 40);
    const auto result = life.clean_idle();
    EXPECT_TRUE(fs::exists(a_));
    EXPECT_FALSE(fs::exists(c)) << result.message;
    const auto rows = life.history("automatic");
    ASSERT_THAT(rows, SizeIs(2));
    const auto notes = notes_of(life, rows[0].run);
    ASSERT_THAT(notes, Contains(Field(&model::RunNote::path, home_.real(a_))));
    for (const auto& note : notes)
      if (note.path == home_.real(a_)) {
        EXPECT_THAT(note.reason, HasSubstr("given back"));
      }
    EXPECT_THAT(life.why("rule-paused"), HasSubstr("1 given back"));
    // A person who asks for it may still have it.
    const auto offered = life.clean.offer(life.jobs, {"thumbnails"}, true, {});
    ASSERT_TRUE(life.clean.clean(life.jobs, offered->id, false, {}));
    EXPECT_FALSE(fs::exists(a_));
  });
}

TEST_F(AutoCleanTest, LeavesARuleAloneThatWasUndoneTwiceUntilItIsResumed) {
  home_.live([&](Life& life) {
    rehearse(life);
    life.clean_idle();
    ASSERT_TRUE(life.take_back(std::nullopt, {home_.real(a_)}));
    EXPECT_THAT(life.newly_paused, IsEmpty());
    home_.thumbnail("c.png");
    home_.sleep(24h);
    life.clean_idle();
    ASSERT_TRUE(life.take_back(std::nullopt, {home_.real(home_.temp / "home/.cache/thumbnails")}));
    EXPECT_THAT(life.newly_paused, ElementsAre("thumbnails"));
    EXPECT_THAT(life.why("rule-paused"), HasSubstr("thumbnails"));
    const auto d = home_.thumbnail("d.png");
    home_.sleep(24h);
    EXPECT_THAT(life.clean_idle().message, HasSubstr("undone twice"));
    EXPECT_TRUE(fs::exists(d));
    EXPECT_EQ(life.auto_clean.resume("pip").error().code, base::ErrorCode::kNotFound);
    ASSERT_TRUE(life.auto_clean.resume("thumbnails"));
    home_.sleep(24h);
    life.clean_idle();
    EXPECT_FALSE(fs::exists(d));
    EXPECT_TRUE(fs::exists(a_));
  });
}

// ---- what else may be the case ------------------------------------------------------------------

constexpr const char* kOwnRule = R"(
[[rule]]
id = "mine"
title = "t"
tier = "safe"
cost = "c"
source = "s"
roots = ["$CACHE/mine"]
match = ["%"]
)";

class OwnRule : public AutoCleanTest {
 protected:
  OwnRule() {
    write_rule("*.old");
    old_ = home_.temp.write("home/.cache/mine/x.old", "x");
    other_ = home_.temp.write("home/.cache/mine/x.new", "x");
  }
  void write_rule(const std::string& match) {
    std::string text = kOwnRule;
    text.replace(text.find('%'), 1, match);
    fs::permissions(home_.temp.write("home/.config/lull/rules.d/mine.toml", text),
                    fs::perms::owner_read | fs::perms::owner_write);
    fs::permissions(home_.rules_path(), fs::perms::owner_all);
  }
  std::string old_, other_;
};

TEST_F(OwnRule, IsRehearsedAgainWhenItsFileHasChanged) {
  home_.live([&](Life& life) { rehearse(life); });
  write_rule("*");
  home_.live([&](Life& life) {
    ASSERT_THAT(life.scans.rules().problems, IsEmpty());
    life.clean_idle();
    EXPECT_TRUE(fs::exists(old_));
    EXPECT_TRUE(fs::exists(other_));
    EXPECT_FALSE(fs::exists(a_)) << "others go on";
    EXPECT_THAT(life.history("rehearsal"), SizeIs(2));
    home_.sleep(24h);
    life.clean_idle();
    EXPECT_FALSE(fs::exists(old_));
    EXPECT_FALSE(fs::exists(other_));
  });
}

TEST_F(AutoCleanTest, RehearsesAgainWhenWhatItKnewIsLost) {
  home_.live([&](Life& life) { rehearse(life); });
  std::ofstream(home_.journal_path(), std::ios::binary) << "no database at all, and long enough";
  home_.live([&](Life& life) {
    EXPECT_THAT(life.journal->notice(), HasSubstr("kept as"));
    life.clean_idle();
    EXPECT_TRUE(fs::exists(a_));
    EXPECT_THAT(life.history("rehearsal"), SizeIs(1));
  });
}

TEST_F(AutoCleanTest, MovesNothingWhileTheClockIsNotBelieved) {
  home_.live([&](Life& life) {
    rehearse(life);
    const auto now = home_.engine.time.wall_now();
    for (const base::WallTime wrong :
         {base::WallTime{} + 24h,
          base::WallTime{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}}}) {
      const auto by = wrong - home_.engine.time.wall_now();
      home_.engine.time.jump_wall(by);
      const auto result = life.clean_idle();
      EXPECT_THAT(result.message, HasSubstr("clock"));
      EXPECT_TRUE(fs::exists(a_));
      home_.engine.time.jump_wall(-by);
    }
    EXPECT_LT(home_.engine.time.wall_now() - now, 1min);
    EXPECT_THAT(life.clean_idle().message, HasSubstr("clock")) << "it has just come back";
    EXPECT_TRUE(fs::exists(a_));
    home_.sleep(24h);
    life.clean_idle();
    EXPECT_FALSE(fs::exists(a_)) << "and then it is believed";
  });
}

TEST_F(AutoCleanTest, MovesNothingWithoutAJournalOnDisk) {
  home_.temp.write("home/.local/state/lull/journal.db/is-a-directory", "");
  set("on");
  home_.live([&](Life& life) {
    EXPECT_EQ(life.clean_idle().outcome, Outcome::kFailed);
    EXPECT_TRUE(fs::exists(a_));
    EXPECT_THAT(home_.news, IsEmpty());
  });
}

TEST_F(AutoCleanTest, ComesMoreOftenWhileAVolumeIsNearlyFull) {
  home_.live([&](Life& life) {
    std::vector<base::Duration> intervals;
    life.auto_clean.on_interval([&](base::Duration interval) { intervals.push_back(interval); });
    life.auto_clean.look_at_volumes();
    EXPECT_THAT(intervals, IsEmpty());
    home_.nearly_full = true;
    life.auto_clean.look_at_volumes();
    life.clean_idle();
    home_.nearly_full = false;
    life.clean_idle();
    EXPECT_THAT(intervals, ElementsAre(AutoClean::kIntervalWhenFull, AutoClean::kInterval));
  });
}

TEST_F(AutoCleanTest, KeepsWhatIsDoneWhenItIsCutShort) {
  home_.live([&](Life& life) {
    rehearse(life);
    base::CancelSource cut;
    cut.cancel(base::CancelReason::kConstraintLost);
    const auto result = life.jobs.request("clean-idle")->wait(cut.token());
    EXPECT_EQ(result.outcome, Outcome::kCancelled);
    const auto history = life.journal->history(0);
    for (const auto& entry : *history) EXPECT_NE(entry.outcome, "running");
    home_.sleep(24h);
    EXPECT_EQ(life.clean_idle().outcome, Outcome::kDone);
    EXPECT_FALSE(fs::exists(a_));
  });
}

TEST_F(AutoCleanTest, RecordsThatItCostTheBattery) {
  home_.power.state.source = model::PowerSource::kBattery;
  home_.live([&](Life& life) {
    life.clean_idle();
    EXPECT_TRUE(
        life.journal->run_detail(life.history("rehearsal")[0].run)->entry.usage->on_battery);
  });
}

TEST_F(AutoCleanTest, ForgettingLeavesWhatProtects) {
  home_.live([&](Life& life) {
    rehearse(life);
    life.clean_idle();
    ASSERT_TRUE(life.take_back(std::nullopt, {home_.real(a_)}));
    ASSERT_TRUE(life.journal->forget());
    EXPECT_THAT(*life.journal->history(0), SizeIs(1)) << "the clean, of which b is in the trash";
    ASSERT_TRUE(life.take_back());
    EXPECT_TRUE(fs::exists(b_));
    home_.sleep(24h);
    life.clean_idle();
    EXPECT_TRUE(fs::exists(a_));
    EXPECT_TRUE(fs::exists(b_));
  });
}

}  // namespace
}  // namespace lull::agent
