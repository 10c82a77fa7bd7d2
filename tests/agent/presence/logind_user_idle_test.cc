// SPDX-License-Identifier: MIT
#include "agent/presence/logind_user_idle.h"

#include "tests/agent/presence/logind_world.h"
#include "tests/contract/user_idle_contract.h"

namespace lull::agent::presence {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

class LogindUserIdleTest : public LogindWorld {
 protected:
  void SetUp() override {
    start_bus();
    start_logind();
  }
  // When the machine had been up for a second; long ago in any case.
  static constexpr const char* kLongAgo = "1000000";
  bool away() { return idle_for().value_or(0s) > 0s; }
  bool here() { return idle_for() == 0s; }
};

TEST_F(LogindUserIdleTest, SaysHowLongSomebodyHasBeenAway) {
  tell("idle", "1", kLongAgo);
  on_engine([this] {
    connect();
    EXPECT_EQ(idle_for(), std::nullopt) << "before anything was heard";
    wait_for([this] { return away(); });
    const auto before = time.now();
    const auto idle = *idle_for();
    EXPECT_GE(idle, before - base::SteadyTime(1s));
    EXPECT_LE(idle, time.now() - base::SteadyTime(1s));
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, KeepsTheContractOfUserIdleProbes) {
  const auto elapsed = [this] { return time.now().time_since_epoch(); };
  tell("idle", "1", kLongAgo);
  on_engine([&] {
    connect();
    contract::expect_user_idle_contract(*probe, elapsed);
    wait_for([this] { return away(); });
    contract::expect_user_idle_contract(*probe, elapsed);
    tell("idle", "0", "5000000");
    wait_for([this] { return here(); });
    contract::expect_user_idle_contract(*probe, elapsed);
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, IsToldWhenSomebodyComesAndGoes) {
  tell("idle", "1", kLongAgo);
  on_engine([this] {
    connect();
    wait_for([this] { return away(); });
    tell("idle", "0", "5000000");
    wait_for([this] { return here(); });
    tell("idle", "1", kLongAgo);
    wait_for([this] { return away(); });
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, AsksAgainWhenOnlyToldThatSomethingChanged) {
  tell("idle", "1", kLongAgo);
  on_engine([this] {
    connect();
    wait_for([this] { return away(); });
    tell("quietly", "0", "5000000");
    wait_for([this] { return here(); });
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, KnowsNothingWhereNobodySetsTheHint) {
  on_engine([this] {
    connect();
    // An inhibitor tells when logind has been heard.
    tell("inhibit", "idle", "mpv", "playing", "block");
    wait_for([this] { return !probe->inhibited_by().empty(); });
    EXPECT_EQ(idle_for(), std::nullopt);
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, SaysThatItAsksUntilItHasHeard) {
  on_engine([this] {
    connect();
    EXPECT_TRUE(probe->read().asking) << "not idle before that is known";
    wait_for([this] { return !probe->read().asking; });
    EXPECT_EQ(idle_for(), std::nullopt);
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, CountsTheMachineAsInUseWhileItGoesToSleep) {
  on_engine([this] {
    connect();
    wait_for([this] { return !probe->read().asking; });
    tell("sleep", "1");
    wait_for([this] { return probe->inhibited_by() == Names{"the machine goes to sleep"}; });
    tell("sleep", "0");
    wait_for([this] { return probe->inhibited_by().empty(); });
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, KnowsOfASleepThatBeganBeforeItAsked) {
  tell("sleep", "1");
  on_engine([this] {
    connect();
    wait_for([this] { return !probe->inhibited_by().empty(); });
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, ALockedScreenTellsWhereNobodySetsTheHint) {
  tell("lock", "1");
  on_engine([this] {
    connect();
    wait_for([this] { return idle_for().has_value(); });
    time.step(5min);
    EXPECT_GE(*idle_for(), 5min);
    tell("lock", "0");
    wait_for([this] { return !idle_for().has_value(); });
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, ALockedScreenDoesNotOutweighAHint) {
  tell("idle", "0", "5000000");
  tell("lock", "1");
  on_engine([this] {
    connect();
    wait_for([this] { return here(); });
    // The lock is heard of after the hint; an inhibitor that comes last tells when it was.
    tell("inhibit", "idle", "mpv", "", "block");
    wait_for([this] { return !probe->inhibited_by().empty(); });
    EXPECT_TRUE(here()) << "somebody else may be at the machine";
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, NamesWhoKeepsTheMachineFromBeingIdle) {
  tell("inhibit", "sleep", "upower", "battery", "block");
  tell("inhibit", "idle", "mpv", "playing", "block");
  on_engine([this] {
    connect();
    wait_for([this] { return probe->inhibited_by() == Names{"mpv (playing)"}; });
    tell("inhibit", "sleep:idle", "call", "", "block");
    wait_for([this] { return probe->inhibited_by() == Names{"mpv (playing)", "call"}; });
    tell("release", "mpv");
    wait_for([this] { return probe->inhibited_by() == Names{"call"}; });
    tell("release", "call");
    wait_for([this] { return probe->inhibited_by().empty(); });
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, BringsNoNewsWhenNothingChanged) {
  tell("idle", "1", kLongAgo);
  on_engine([this] {
    connect();
    wait_for([this] { return away(); });
    const int before = news_count;
    tell("idle", "1", kLongAgo);
    tell("idle", "1", kLongAgo);
    tell("idle", "0", "5000000");
    wait_for([this] { return here(); });
    EXPECT_EQ(news_count, before + 1);
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, TwoProbesDoNotDisturbEachOther) {
  tell("idle", "1", kLongAgo);
  on_engine([this] {
    auto other = LogindUserIdle::connect(engine, blocking, [this] { news.set(); });
    connect();
    wait_for([&] { return away() && other->read().idle_for.has_value(); });
    other.reset();
    tell("idle", "0", "5000000");
    wait_for([this] { return here(); });
    probe.reset();
  });
}

TEST_F(LogindUserIdleTest, CanBeLeftInEveryStateOfConnecting) {
  for (int turns = 0; turns < 60; ++turns)
    on_engine([this, turns] {
      connect();
      for (int turn = 0; turn < turns; ++turn) engine.yield();
      probe.reset();
    });
}

}  // namespace
}  // namespace lull::agent::presence
