// SPDX-License-Identifier: MIT
#include <array>
#include <tuple>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "scheduler/use_fiber.h"
#include "tests/agent/presence/logind_world.h"

namespace lull::agent::presence {
namespace {

using namespace std::chrono_literals;
using Protocol = boost::asio::local::stream_protocol;

constexpr const char* kLongAgo = "1000000";

class LogindFault : public LogindWorld {
 protected:
  bool known() { return idle_for().has_value(); }
};

TEST_F(LogindFault, WithoutABusNothingIsKnown) {
  on_engine([this] {
    connect();
    wait_for([this] { return !probe->read().asking; });
    EXPECT_EQ(idle_for(), std::nullopt);
    EXPECT_TRUE(probe->inhibited_by().empty());
    EXPECT_EQ(news_count, 1) << "that nothing will be known, for whoever waited to hear";
    probe.reset();
  });
}

TEST_F(LogindFault, ABusThatIsStuckHoldsUpNothing) {
  start_bus();
  bus->stop();
  on_engine([this] {
    connect();
    turn_engine();
    EXPECT_EQ(idle_for(), std::nullopt);
    probe.reset();
  });
}

TEST_F(LogindFault, ABusThatGetsStuckLaterHoldsUpNothing) {
  start_bus();
  start_logind();
  tell("idle", "1", kLongAgo);
  on_engine([this] {
    connect();
    wait_for([this] { return known(); });
    bus->stop();
    turn_engine();
    EXPECT_TRUE(known()) << "the last word holds";
    probe.reset();
  });
}

TEST_F(LogindFault, WithoutLogindNothingIsKnownUntilItComes) {
  start_bus();
  on_engine([this] {
    connect();
    turn_engine();
    EXPECT_EQ(idle_for(), std::nullopt);
    start_logind();
    tell("idle", "1", kLongAgo);
    // Nobody asks meanwhile: the bus tells when logind is there.
    while (!news.is_set()) news.wait();
    wait_for([this] { return known(); });
    probe.reset();
  });
}

TEST_F(LogindFault, ALogindThatDoesNotAnswerHoldsUpNothing) {
  start_bus();
  start_logind();
  tell("idle", "1", kLongAgo);
  logind->stop();
  on_engine([this] {
    connect();
    turn_engine();
    EXPECT_EQ(idle_for(), std::nullopt);
    logind->go_on();
    wait_for([this] { return known(); });
    logind->stop();
    probe.reset();
  });
}

TEST_F(LogindFault, ALogindThatDiesIsUnknownAndItsSuccessorHeard) {
  start_bus();
  start_logind();
  tell("idle", "1", kLongAgo);
  tell("inhibit", "idle", "mpv", "playing", "block");
  on_engine([this] {
    connect();
    wait_for([this] { return known() && !probe->inhibited_by().empty(); });
    logind->kill();
    wait_for([this] { return !known() && probe->inhibited_by().empty(); });
    start_logind();
    tell("idle", "0", "5000000");
    wait_for([this] { return idle_for() == 0s; });
    probe.reset();
  });
}

TEST_F(LogindFault, ABusThatDiesIsUnknownAndFoundAgainWhenAskedLater) {
  start_bus();
  start_logind();
  tell("idle", "1", kLongAgo);
  on_engine([this] {
    connect();
    wait_for([this] { return known(); });
    bus->kill();
    wait_for([this] { return !known(); });
    start_bus();
    start_logind();
    tell("idle", "0", "5000000");
    time.step(1s);
    wait_for([this] { return idle_for() == 0s; });
    probe.reset();
  });
}

// Something at the bus's address that counts who comes and lets nobody in.
class Door {
 public:
  Door(scheduler::Engine& engine, const std::string& path)
      : engine_(engine), acceptor_(engine.io(), Protocol::endpoint(path)) {
    acceptor_.non_blocking(true);
  }
  // Waits for a guest, sends it away and waits until it has gone.
  void turn_somebody_away() {
    Protocol::socket guest(engine_.io());
    const auto [refused] = acceptor_.async_accept(guest, scheduler::use_fiber);
    ASSERT_FALSE(refused);
    boost::asio::write(guest, boost::asio::buffer("no\r\n", 4));
    boost::system::error_code gone;
    std::array<char, 256> words{};
    while (!gone)
      std::tie(gone, std::ignore) =
          guest.async_read_some(boost::asio::buffer(words), scheduler::use_fiber);
  }
  bool somebody_waits() {
    Protocol::socket guest(engine_.io());
    boost::system::error_code nobody;
    acceptor_.accept(guest, nobody);
    return !nobody;
  }

 private:
  scheduler::Engine& engine_;
  Protocol::acceptor acceptor_;
};

TEST_F(LogindFault, TriesAgainOnlyWhenAskedAndAfterAPauseThatGrows) {
  on_engine([this] {
    Door door(engine, socket_path());
    connect();
    door.turn_somebody_away();
    for (const auto pause : {1s, 2s, 4s, 8s}) {
      time.step(pause - 900ms);
      for (int question = 0; question < 50; ++question) {
        EXPECT_EQ(idle_for(), std::nullopt);
        engine.yield();
      }
      EXPECT_FALSE(door.somebody_waits()) << "before " << pause.count() << " s were over";
      time.step(900ms);
      turn_engine();
      EXPECT_FALSE(door.somebody_waits()) << "without being asked";
      EXPECT_EQ(idle_for(), std::nullopt);
      door.turn_somebody_away();
    }
    probe.reset();
  });
}

TEST_F(LogindFault, ThePauseGrowsToFiveMinutesAndNotFurther) {
  on_engine([this] {
    Door door(engine, socket_path());
    connect();
    for (int attempt = 0; attempt < 40; ++attempt) {
      door.turn_somebody_away();
      time.step(5min);
      EXPECT_EQ(idle_for(), std::nullopt);
    }
    door.turn_somebody_away();
    probe.reset();
  });
}

}  // namespace
}  // namespace lull::agent::presence
