// SPDX-License-Identifier: MIT
#include "tests/agent/presence/logind_world.h"

namespace lull::agent::presence {
namespace {

using namespace std::chrono_literals;

constexpr const char* kLongAgo = "1000000";

class LogindAttack : public LogindWorld {
 protected:
  void SetUp() override {
    start_bus();
    start_logind();
    tell("idle", "1", kLongAgo);
  }
  bool away() { return idle_for().value_or(0s) > 0s; }
};

TEST_F(LogindAttack, ValuesOfWrongTypesAreUnknown) {
  on_engine([this] {
    connect();
    wait_for([this] { return away(); });
    tell("garbage");
    wait_for([this] { return !idle_for(); });
    EXPECT_TRUE(probe->inhibited_by().empty());
    tell("idle", "0", "5000000");
    wait_for([this] { return idle_for() == 0s; });
    probe.reset();
  });
}

TEST_F(LogindAttack, SignalsOfOthersAreNotLoginds) {
  on_engine([this] {
    connect();
    wait_for([this] { return away(); });
    Child impostor({LULL_FAKE_LOGIND, "--impostor"});
    ASSERT_EQ(impostor.read_line(), "ok");
    impostor.write_line("idle\t0\t5000000");
    ASSERT_EQ(impostor.read_line(), "ok");
    // What the real one says comes after what the impostor said.
    tell("inhibit", "idle", "mpv", "playing", "block");
    wait_for([this] { return !probe->inhibited_by().empty(); });
    EXPECT_TRUE(away());
    probe.reset();
  });
}

TEST_F(LogindAttack, AFloodOfNewsLeavesTheEngineAliveAndTheLastWordRight) {
  tell("idle", "0", "5000000");
  on_engine([this] {
    connect();
    wait_for([this] { return idle_for() == 0s; });
    const int before = news_count;
    tell("flood", "3000");
    wait_for([&] { return news_count >= before + 2999; });
    wait_for([this] { return idle_for() && *idle_for() > time.now() - base::SteadyTime(1s) - 1s; });
    probe.reset();
  });
}

TEST_F(LogindAttack, LongAndStrangeNamesOfInhibitorsAreCut) {
  on_engine([this] {
    connect();
    tell("inhibit", "idle", std::string(50000, 'x'), "\x1b]0;title\x07", "block");
    wait_for([this] { return !probe->inhibited_by().empty(); });
    const std::string name = probe->inhibited_by().front();
    EXPECT_LT(name.size(), 200U);
    EXPECT_EQ(name.find('\x1b'), std::string::npos);
    probe.reset();
  });
}

TEST_F(LogindAttack, AnImpossibleStampIsUnknown) {
  on_engine([this] {
    connect();
    wait_for([this] { return away(); });
    tell("idle", "1", "18446744073709551615");
    wait_for([this] { return !idle_for(); });
    probe.reset();
  });
}

}  // namespace
}  // namespace lull::agent::presence
