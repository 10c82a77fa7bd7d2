// SPDX-License-Identifier: MIT
#include "agent/control/shared_calls.h"

#include <chrono>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <poll.h>

#include "agent/control/server.h"
#include "tests/agent/control/control_world.h"

// Calls that go on without whoever made them.
namespace lull::control {
namespace {

void begin_work(RawClient& client, const std::string& parameters = "{}") {
  client.send(call_more("Work", parameters));
  EXPECT_EQ(parameters_of(client.receive()).at("begun"), true);
}

// Asks for a work that goes on, and waits until its progress comes.
void join_work(World& world, RawClient& client, const std::string& parameters = "{}") {
  client.send(call_more("Work", parameters));
  EXPECT_TRUE(world.eventually([&] {
    world.tell(7);
    pollfd entry{client.fd(), POLLIN, 0};
    return ::poll(&entry, 1, 1) == 1;
  }));
  EXPECT_EQ(parameters_of(client.receive()).at("i"), 7);
}

std::optional<Object> final_reply(RawClient& client) {
  auto reply = client.receive();
  while (continues(reply)) reply = client.receive();
  return reply;
}

TEST(SharedCall, GoesOnWithoutItsClient) {
  World world;
  {
    RawClient client(world.path());
    begin_work(client);
  }
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }))
      << "nobody keeps the place of who is gone";
  EXPECT_EQ(world.cancelled, 0);
  world.open_gate();
  EXPECT_TRUE(world.eventually([&] { return world.finished == 1; }));
}

TEST(SharedCall, GoesOnWithoutAClientThatTalksNonsense) {
  World world;
  RawClient client(world.path());
  begin_work(client);
  client.send("nonsense");
  EXPECT_EQ(failure_of(client.receive()), "cancelled") << "it is not waited for any more";
  EXPECT_EQ(failure_of(client.receive()), "malformed");
  EXPECT_EQ(client.receive(), std::nullopt);
  EXPECT_EQ(world.cancelled, 0);
}

TEST(SharedCall, OfEqualKindIsJoinedAndSeen) {
  World world;
  RawClient first(world.path()), second(world.path());
  begin_work(first);
  join_work(world, second);
  EXPECT_EQ(world.begun, 1);
  world.open_gate();
  for (RawClient* client : {&first, &second}) {
    EXPECT_EQ(parameters_of(final_reply(*client)).at("opened"), true);
  }
  EXPECT_EQ(world.finished, 1);
}

TEST(SharedCall, IsJoinedAfterWhoBeganItIsGone) {
  World world;
  RawClient first(world.path()), second(world.path());
  begin_work(first);
  first.close();
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 1; }));
  join_work(world, second);
  second.send(call_text("Cancel"));
  const auto reply = final_reply(second);
  EXPECT_EQ(parameters_of(reply).at("reason").as_string(), "user") << "who is gone has no say";
  EXPECT_EQ(parameters_of(second.receive()).at("cancelled"), 1);
  EXPECT_EQ(world.cancelled, 1);
}

// Follows the one operation that goes on, and waits until its progress comes.
void follow_work(World& world, RawClient& client) {
  const auto operations = world.operations();
  ASSERT_EQ(operations.size(), 1U);
  client.send(call_more("Follow", R"({"operation":)" + std::to_string(operations[0].id) + "}"));
  EXPECT_TRUE(world.eventually([&] {
    world.tell(7);
    pollfd entry{client.fd(), POLLIN, 0};
    return ::poll(&entry, 1, 1) == 1;
  }));
  EXPECT_EQ(parameters_of(client.receive()).at("i"), 7);
}

TEST(SharedCall, IsTakenUpAgainByWhoFollows) {
  World world;
  {
    RawClient first(world.path());
    begin_work(first);
    const auto operations = world.operations();
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_EQ(operations[0].method, "Work");
    EXPECT_EQ(operations[0].callers, 1U);
  }
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
  EXPECT_EQ(world.operations().at(0).callers, 0U);
  RawClient second(world.path());
  follow_work(world, second);
  EXPECT_EQ(world.operations().at(0).callers, 0U) << "who follows is no caller";
  world.open_gate();
  EXPECT_EQ(parameters_of(final_reply(second)).at("result").at("opened"), true);
  EXPECT_EQ(world.begun, 1);
  EXPECT_TRUE(world.operations().empty());
}

TEST(SharedCall, ThatNobodyWaitsForIsEndedByWhoFollows) {
  World world;
  RawClient first(world.path()), second(world.path());
  begin_work(first);
  first.close();
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 1; }));
  follow_work(world, second);
  second.send(call_text("Cancel"));
  EXPECT_EQ(parameters_of(final_reply(second)).at("result").at("reason").as_string(), "user");
  EXPECT_EQ(world.cancelled, 1);
}

TEST(SharedCall, IsEndedByWhoFollowsAndCancelsInOneBreath) {
  World world;
  RawClient first(world.path()), second(world.path());
  begin_work(first);
  const auto operations = world.operations();
  ASSERT_EQ(operations.size(), 1U);
  first.close();
  EXPECT_TRUE(world.eventually([&] { return world.operations().at(0).callers == 0; }));
  const std::string id = std::to_string(operations[0].id);
  second.send(call_more("Follow", R"({"operation":)" + id + "}") + '\0' + call_text("Cancel"));
  EXPECT_EQ(parameters_of(final_reply(second)).at("result").at("reason").as_string(), "user");
  EXPECT_EQ(world.cancelled, 1);
}

TEST(SharedCall, IsItsCallersToEnd) {
  World world;
  RawClient first(world.path()), second(world.path());
  begin_work(first);
  follow_work(world, second);
  second.send(call_text("Cancel"));
  EXPECT_EQ(failure_of(final_reply(second)), "cancelled");
  EXPECT_EQ(world.cancelled, 0);
  RawClient third(world.path());
  follow_work(world, third);
  first.send(call_text("Cancel"));
  EXPECT_EQ(parameters_of(final_reply(first)).at("reason").as_string(), "user")
      << "who only follows keeps nobody from it";
  EXPECT_EQ(parameters_of(final_reply(third)).at("result").at("opened"), false);
}

TEST(SharedCall, ThatIsOverOrNeverWasIsNotFollowed) {
  World world;
  RawClient client(world.path());
  begin_work(client);
  const std::string words = R"({"operation":)" + std::to_string(world.operations().at(0).id) + "}";
  world.open_gate();
  (void)final_reply(client);
  EXPECT_EQ(failure_of(client.ask(call_text("Follow", words))), "not-found");
  for (const char* nonsense :
       {"{}", R"({"operation":0})", R"({"operation":-1})", R"({"operation":"1"})",
        R"({"operation":1.5})", R"({"operation":1,"more":2})"})
    EXPECT_EQ(failure_of(client.ask(call_text("Follow", nonsense))), "invalid-argument")
        << nonsense;
  EXPECT_EQ(world.begun, 1);
}

TEST(SharedCall, WithOtherParametersIsAnother) {
  World world;
  RawClient first(world.path()), second(world.path());
  begin_work(first, R"({"id":1})");
  begin_work(second, R"({"id":2})");
  EXPECT_EQ(world.begun, 2);
}

TEST(SharedCall, IsEndedByCancelAndSaysHowFarItGot) {
  World world;
  RawClient client(world.path());
  begin_work(client);
  client.send(call_text("Cancel"));
  const auto partial = client.receive();
  EXPECT_EQ(parameters_of(partial).at("opened"), false);
  EXPECT_EQ(parameters_of(partial).at("reason").as_string(), "user");
  EXPECT_EQ(parameters_of(client.receive()).at("cancelled"), 1);
}

TEST(SharedCall, IsNotEndedForOthersByOneWhoCancels) {
  World world;
  RawClient first(world.path()), second(world.path());
  begin_work(first);
  join_work(world, second);
  first.send(call_text("Cancel"));
  EXPECT_EQ(failure_of(final_reply(first)), "cancelled");
  EXPECT_EQ(world.cancelled, 0);
  world.open_gate();
  EXPECT_EQ(parameters_of(final_reply(second)).at("opened"), true);
}

TEST(SharedCall, ThatIsBeingCancelledIsNotJoined) {
  World world;
  RawClient client(world.path());
  begin_work(client);
  client.send(call_text("Cancel"));
  EXPECT_EQ(parameters_of(client.receive()).at("opened"), false);
  (void)client.receive();
  begin_work(client);
  EXPECT_EQ(world.begun, 2);
}

TEST(SharedCall, EndsWithTheAgentEvenIfNobodyWaits) {
  World world;
  RawClient client(world.path()), other(world.path());
  begin_work(client);
  client.close();
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 1; }));
  world.stop();
  EXPECT_EQ(world.cancelled, 1);
}

TEST(SharedCall, EndsWithTheAgentForAllWhoWait) {
  World world;
  RawClient first(world.path()), second(world.path());
  begin_work(first);
  join_work(world, second);
  world.stop(std::chrono::seconds(10));
  for (RawClient* client : {&first, &second}) {
    EXPECT_EQ(parameters_of(final_reply(*client)).at("reason").as_string(), "shutdown");
  }
}

TEST(SharedCall, MayKeepItsSendForLonger) {
  World world;
  RawClient client(world.path());
  begin_work(client);
  world.open_gate();
  EXPECT_EQ(parameters_of(client.receive()).at("opened"), true);
  world.tell(1);
  EXPECT_EQ(parameters_of(client.ask(call_text("Echo", R"({"x":3})"))).at("x"), 3);
}

TEST(SharedCall, ThereAreOnlySoManyOfThem) {
  World world;
  for (std::size_t i = 0; i < SharedCalls::kMost; ++i) {
    RawClient client(world.path());
    begin_work(client, R"({"id":)" + std::to_string(i) + "}");
    client.close();
    EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
  }
  RawClient client(world.path());
  EXPECT_EQ(failure_of(client.ask(call_text("Work", R"({"id":-1})"))), "busy");
  join_work(world, client, R"({"id":31})");
}

}  // namespace
}  // namespace lull::control
