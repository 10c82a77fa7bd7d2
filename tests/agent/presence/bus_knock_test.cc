// SPDX-License-Identifier: MIT
#include "agent/presence/bus_knock.h"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "scheduler/task_group.h"
#include "scheduler/use_fiber.h"
#include "tests/agent/presence/logind_world.h"

namespace lull::agent::presence {
namespace {

using Protocol = boost::asio::local::stream_protocol;
constexpr auto kLong = std::chrono::minutes(10);

class Knock : public LogindWorld {
 protected:
  base::ErrorCode error_of(base::Duration patience = kLong) {
    const auto status = knock(engine, BusAddress{socket_path()}, patience, {});
    return status ? throw std::logic_error("somebody was in") : status.error().code;
  }
  // Something that listens, lets one in and gives this answer.
  base::ErrorCode error_with_answer(const std::string& answer) {
    Protocol::acceptor door(engine.io(), Protocol::endpoint(socket_path()));
    scheduler::TaskGroup group(engine);
    group.spawn("no bus", [&](const base::CancelToken&) {
      Protocol::socket guest(engine.io());
      const auto [refused] = door.async_accept(guest, scheduler::use_fiber);
      if (!refused && !answer.empty())
        boost::asio::async_write(guest, boost::asio::buffer(answer), scheduler::use_fiber);
    });
    const auto error = error_of();
    group.join();
    return error;
  }
};

TEST_F(Knock, ARealBusAnswers) {
  start_bus();
  on_engine([this] { EXPECT_TRUE(knock(engine, BusAddress{socket_path()}, kLong, {})); });
}

TEST_F(Knock, NoSocketIsNotFound) {
  on_engine([this] { EXPECT_EQ(error_of(), base::ErrorCode::kNotFound); });
}

TEST_F(Knock, ABusThatIsStuckIsGivenUp) {
  start_bus();
  bus->stop();
  on_engine(
      [this] { EXPECT_EQ(error_of(std::chrono::milliseconds(1)), base::ErrorCode::kTimeout); });
}

TEST_F(Knock, ABusThatIsStuckCanBeLeftAtOnce) {
  start_bus();
  bus->stop();
  on_engine([this] {
    const base::CancelSource source;
    scheduler::TaskGroup group(engine);
    group.spawn("knock", [&](const base::CancelToken&) {
      const auto status = knock(engine, BusAddress{socket_path()}, kLong, source.token());
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code, base::ErrorCode::kCancelled);
    });
    turn_engine();
    source.cancel(base::CancelReason::kShutdown);
    group.join();
  });
}

TEST_F(Knock, WhoIsNotLetInIsTold) {
  on_engine([this] {
    EXPECT_EQ(error_with_answer("REJECTED EXTERNAL\r\n"), base::ErrorCode::kPermissionDenied);
  });
}

TEST_F(Knock, AnotherProgramIsNoBus) {
  on_engine(
      [this] { EXPECT_EQ(error_with_answer("SSH-2.0-OpenSSH\r\n"), base::ErrorCode::kMalformed); });
}

TEST_F(Knock, WhoHangsUpIsNoBus) {
  on_engine([this] { EXPECT_EQ(error_with_answer(""), base::ErrorCode::kIo); });
}

}  // namespace
}  // namespace lull::agent::presence
