// SPDX-License-Identifier: MIT
#include "agent/control/server.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "agent/control/interface_text.h"
#include "agent/control/protocol.h"
#include "scheduler/event.h"
#include "tests/agent/control/control_world.h"

namespace lull::control {
namespace {

using namespace std::chrono_literals;

std::string service_call(std::string_view name, std::string_view parameters = "{}") {
  return R"({"method":"org.varlink.service.)" + std::string(name) + R"(","parameters":)" +
         std::string(parameters) + "}";
}

TEST(Server, AnswersACallWithItsResult) {
  World world;
  RawClient client(world.path());
  const auto reply = client.ask(call_text("Echo", R"({"a":[1,"ä",null]})"));
  EXPECT_EQ(error_of(reply), "");
  EXPECT_FALSE(continues(reply));
  EXPECT_EQ(boost::json::serialize(parameters_of(reply)), R"({"a":[1,"ä",null]})");
}

TEST(Server, NeedsNoParametersAndIgnoresMembersItDoesNotKnow) {
  World world;
  RawClient client(world.path());
  EXPECT_EQ(error_of(client.ask(R"({"method":"org.lull.Agent.Echo"})")), "");
  EXPECT_EQ(error_of(client.ask(R"({"upgrade":false,"x":{},"method":"org.lull.Agent.Echo"})")), "");
}

TEST(Server, SendsIntermediateRepliesBeforeTheFinalOne) {
  World world;
  RawClient client(world.path());
  client.send(call_more("Count", R"({"n":50})"));
  std::int64_t last = -1;
  auto reply = client.receive();
  for (; continues(reply); reply = client.receive()) {
    const std::int64_t i = parameters_of(reply).at("i").as_int64();
    EXPECT_GT(i, last);
    last = i;
  }
  EXPECT_EQ(last, 49) << "the newest is never lost";
  EXPECT_EQ(parameters_of(reply).at("n"), 50);
}

TEST(Server, SendsNoneToWhoDidNotAskForMore) {
  World world;
  RawClient client(world.path());
  const auto reply = client.ask(call_text("Count", R"({"n":5})"));
  EXPECT_FALSE(continues(reply));
  EXPECT_EQ(parameters_of(reply).at("n"), 5);
}

TEST(Server, SendsNothingForACallThatHasEnded) {
  World world;
  RawClient client(world.path());
  EXPECT_FALSE(continues(client.ask(call_more("Keep"))));
  EXPECT_TRUE(world.on_engine([&] {
    world.kept_send({{"late", true}});
    return true;
  }));
  EXPECT_EQ(parameters_of(client.ask(call_text("Echo", R"({"x":1})"))).at("x"), 1);
  client.close();
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
  EXPECT_TRUE(world.on_engine([&] {
    world.kept_send({{"later still", true}});
    return true;
  }));
}

TEST(Server, DoesNotAnswerAOnewayCall) {
  World world;
  RawClient client(world.path());
  client.send(call_text("Echo", R"({"x":1})", R"(,"oneway":true)"));
  client.send(call_text("Count", R"({"n":3})", R"(,"oneway":true,"more":true)"));
  client.send(call_text("Fail", "{}", R"(,"oneway":true)"));
  EXPECT_EQ(parameters_of(client.ask(call_text("Echo", R"({"x":2})"))).at("x"), 2);
  EXPECT_EQ(world.begun, 4);
}

TEST(Server, AnswersTheCallsOfOneClientInTheirOrder) {
  World world;
  RawClient client(world.path());
  std::string calls;
  for (int i = 0; i < 12; ++i)
    calls += call_text(i % 3 == 0 ? "Count" : "Echo", R"({"n":)" + std::to_string(i) + "}") + '\0';
  client.send_raw(calls);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(parameters_of(client.receive()).at("n"), i);
}

TEST(Server, RunsTheCallsOfDifferentClientsAtTheSameTime) {
  World world;
  RawClient first(world.path()), second(world.path()), third(world.path());
  first.send(call_more("Hold"));
  EXPECT_TRUE(continues(first.receive()));
  second.send(call_more("Hold"));
  EXPECT_TRUE(continues(second.receive()));
  EXPECT_EQ(world.holding, 2);
  EXPECT_EQ(parameters_of(third.ask(call_text("Echo", R"({"x":3})"))).at("x"), 3);
}

TEST(Server, CarriesAnErrorWithItsPathAndTrail) {
  World world;
  RawClient client(world.path());
  const auto reply = client.ask(call_text("Fail"));
  EXPECT_EQ(error_of(reply), error::kFailed);
  EXPECT_EQ(boost::json::serialize(parameters_of(reply)),
            R"({"code":"not-found","message":"is not there","path":"/a/b",)"
            R"("trail":["reading","asking"]})");
}

TEST(Server, OutlivesAMethodThatThrows) {
  World world;
  RawClient client(world.path());
  EXPECT_EQ(failure_of(client.ask(call_text("Throw"))), "internal");
  EXPECT_EQ(failure_of(client.ask(call_text("Big", R"({"bytes":"many"})"))), "internal");
  EXPECT_EQ(error_of(client.ask(call_text("Echo"))), "");
}

TEST(Server, GivesTheStandardErrors) {
  World world;
  RawClient client(world.path());
  const auto check = [&](const std::string& call, std::string_view error, const char* member,
                         const char* value) {
    const auto reply = client.ask(call);
    EXPECT_EQ(error_of(reply), error) << call;
    if (member != nullptr) {
      EXPECT_EQ(parameters_of(reply).at(member).as_string(), value) << call;
    }
  };
  check(call_text("Nonsense"), error::kMethodNotFound, "method", "org.lull.Agent.Nonsense");
  check(call_text(""), error::kMethodNotFound, "method", "org.lull.Agent.");
  check(call_text("Jobs"), error::kMethodNotImplemented, "method", "org.lull.Agent.Jobs");
  check(R"({"method":"org.example.Foo"})", error::kInterfaceNotFound, "interface", "org.example");
  check(service_call("Nonsense"), error::kMethodNotFound, "method", "org.varlink.service.Nonsense");
  check(R"({"method":"Echo"})", error::kInvalidParameter, "parameter", "method");
  check(R"({"parameters":{}})", error::kInvalidParameter, "parameter", "method");
  check(call_text("Echo", "[1]"), error::kInvalidParameter, "parameter", "parameters");
  check(call_text("Echo", "{}", R"(,"more":"yes")"), error::kInvalidParameter, "parameter", "more");
  check(call_text("Watch"), error::kExpectedMore, nullptr, nullptr);
  check(service_call("GetInterfaceDescription"), error::kInvalidParameter, "parameter",
        "interface");
  check(service_call("GetInterfaceDescription", R"({"interface":"org.example"})"),
        error::kInterfaceNotFound, "interface", "org.example");
  EXPECT_EQ(error_of(client.ask(call_text("Echo"))), "") << "and the client is served on";
}

TEST(Server, TellsWhoItIs) {
  World world;
  RawClient client(world.path());
  const Object info = parameters_of(client.ask(service_call("GetInfo")));
  EXPECT_EQ(info.at("version"), "9.9");
  EXPECT_EQ(info.at("vendor"), "Lull");
  EXPECT_EQ(boost::json::serialize(info.at("interfaces")),
            R"(["org.varlink.service","org.lull.Agent"])");
  for (const auto& [name, text] : {std::pair{kInterface, agent_interface_text()},
                                   std::pair{kServiceInterface, service_interface_text()}}) {
    const Object reply = parameters_of(client.ask(
        service_call("GetInterfaceDescription", R"({"interface":")" + std::string(name) + "\"}")));
    EXPECT_EQ(std::string_view(reply.at("description").as_string()), text);
  }
}

TEST(Server, RefusesTheCallBehindSixteenThatWait) {
  World world;
  RawClient client(world.path());
  client.send(call_more("Gate"));
  EXPECT_TRUE(continues(client.receive()));
  for (int i = 0; i < 19; ++i) client.send(call_text("Echo", R"({"i":)" + std::to_string(i) + "}"));
  // They are in the server's hands before somebody who came later is answered.
  RawClient other(world.path());
  EXPECT_EQ(error_of(other.ask(call_text("Echo"))), "");
  world.open_gate();
  EXPECT_EQ(parameters_of(client.receive()).at("opened"), true);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(parameters_of(client.receive()).at("i"), i);
  for (int i = 16; i < 19; ++i) EXPECT_EQ(failure_of(client.receive()), "busy") << i;
  EXPECT_EQ(error_of(client.ask(call_text("Echo"))), "") << "there is room again";
}

TEST(Server, StopsListeningAndTakesItsSocketAway) {
  World world;
  RawClient idle(world.path());
  EXPECT_EQ(error_of(idle.ask(call_text("Echo"))), "");
  struct stat info {};
  ASSERT_EQ(::lstat(world.path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  world.stop();
  EXPECT_FALSE(std::filesystem::exists(world.path()));
  EXPECT_EQ(idle.receive(), std::nullopt) << "who waits for nothing is let go at once";
}

TEST(Server, StoppingLetsPartialResultsOut) {
  World world;
  RawClient client(world.path());
  client.send(call_more("Hold"));
  EXPECT_TRUE(continues(client.receive()));
  client.send(call_text("Echo"));
  RawClient other(world.path());
  EXPECT_EQ(error_of(other.ask(call_text("Echo"))), "");
  world.stop(10s);
  const auto reply = client.receive();
  EXPECT_EQ(parameters_of(reply).at("partial"), true);
  EXPECT_EQ(parameters_of(reply).at("reason").as_string(),
            base::cancel_reason_name(base::CancelReason::kShutdown));
  EXPECT_EQ(failure_of(client.receive()), "cancelled");
  EXPECT_EQ(client.receive(), std::nullopt);
}

// Jumps over moments, as virtual time does; what takes longer never comes.
class ShortTime final : public scheduler::EngineTime {
 public:
  base::SteadyTime now() const override { return base::SteadyTime(base::Duration(now_.load())); }
  base::WallTime wall_now() const override { return base::system_clock().wall_now(); }
  bool advance_to(base::SteadyTime due) override {
    if (due - now() > 1s) return due <= now();
    now_ = due.time_since_epoch().count();
    return true;
  }

 private:
  std::atomic<base::Duration::rep> now_{1'000'000'000'000};
};

TEST(Server, StoppingWaitsForNobodyWhoDoesNotRead) {
  ShortTime time;
  World world(time, "control");
  RawClient client(world.path());
  client.send(call_text("Big", R"({"bytes":8000000})"));
  EXPECT_TRUE(world.eventually([&] { return world.begun == 1; }));
  world.stop(10ms);  // returns, though the ten seconds for reading never end
  EXPECT_FALSE(std::filesystem::exists(world.path()));
}

TEST(Server, ListensAgainAfterItStopped) {
  const support::TempDir directory;
  scheduler::Engine engine;
  MethodTable methods;
  engine.run([&] {
    Server server(engine, methods, "1");
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(server.listen(directory / "control"));
      EXPECT_FALSE(server.listen(directory / "other")) << "one place at a time";
      server.stop({});
      server.stop({});
      EXPECT_FALSE(std::filesystem::exists(directory / "control"));
    }
  });
}

TEST(Server, ClosingDoesNotWaitForACallThatDoesNotEnd) {
  const support::TempDir directory;
  scheduler::Engine engine;
  engine.run([&] {
    scheduler::Event begun(engine), may_end(engine);
    bool ended = false;
    MethodTable methods;
    methods.add("Dwell", [&](Call&) -> base::Result<Object> {
      begun.set();
      may_end.wait();  // whoever cancels it
      ended = true;
      return Object{};
    });
    Server server(engine, methods, "1");
    ASSERT_TRUE(server.listen(directory / "control"));
    RawClient client(directory / "control");
    client.send(call_text("Dwell"));
    begun.wait();
    server.close({});
    EXPECT_FALSE(std::filesystem::exists(directory / "control"));
    EXPECT_FALSE(ended);
    may_end.set();
    server.stop({});
    EXPECT_TRUE(ended);
    EXPECT_EQ(client.receive(), std::nullopt) << "it was let go before";
  });
}

TEST(Server, LeavesALiveOneAlone) {
  World world;
  scheduler::Engine engine;
  MethodTable methods;
  engine.run([&] {
    Server second(engine, methods, "1");
    const base::Status status = second.listen(world.path());
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, base::ErrorCode::kBusy);
  });
  RawClient client(world.path());
  EXPECT_EQ(error_of(client.ask(call_text("Echo"))), "");
}

TEST(Server, AsksForNoTimerWhileClientsOnlyTalkOrWait) {
  CountingTime time;
  World world(time, "control");
  std::vector<RawClient> clients(5);
  for (RawClient& client : clients) {
    client.connect(world.path());
    EXPECT_EQ(error_of(client.ask(call_text("Echo"))), "");
  }
  EXPECT_EQ(world.client_count(), 5U);
  clients.clear();
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
  EXPECT_EQ(time.timers, 0) << "an idle server has nothing to wake up for";
}

}  // namespace
}  // namespace lull::control
