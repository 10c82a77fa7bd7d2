// SPDX-License-Identifier: MIT
#include <string>

#include <gtest/gtest.h>

#include "agent/control/protocol.h"
#include "agent/control/server.h"
#include "tests/agent/control/control_world.h"

namespace lull::control {
namespace {

void begin_hold(RawClient& client) {
  client.send(call_more("Hold"));
  EXPECT_EQ(parameters_of(client.receive()).at("begun"), true);
}

TEST(Cancel, EndsTheRunningCallWhichAnswersFirst) {
  World world;
  RawClient client(world.path());
  begin_hold(client);
  client.send(call_text("Cancel"));
  const auto partial = client.receive();
  EXPECT_FALSE(continues(partial));
  EXPECT_EQ(parameters_of(partial).at("partial"), true);
  EXPECT_EQ(parameters_of(partial).at("reason").as_string(),
            base::cancel_reason_name(base::CancelReason::kUser));
  EXPECT_EQ(parameters_of(client.receive()).at("cancelled"), 1);
  EXPECT_EQ(error_of(client.ask(call_text("Echo"))), "") << "the connection goes on";
}

TEST(Cancel, EndsWhatWaitsBehindItToo) {
  World world;
  RawClient client(world.path());
  begin_hold(client);
  client.send(call_text("Echo"));
  client.send(call_text("Hold"));
  client.send(call_text("Cancel"));
  EXPECT_EQ(parameters_of(client.receive()).at("partial"), true);
  EXPECT_EQ(failure_of(client.receive()), "cancelled");
  EXPECT_EQ(failure_of(client.receive()), "cancelled");
  EXPECT_EQ(parameters_of(client.receive()).at("cancelled"), 3);
  EXPECT_EQ(world.begun, 1) << "what waited never began";
}

TEST(Cancel, WithNothingToCancelIsNoError) {
  World world;
  RawClient client(world.path());
  EXPECT_EQ(parameters_of(client.ask(call_text("Cancel"))).at("cancelled"), 0);
}

TEST(Cancel, WithoutAReplyWorksAsWell) {
  World world;
  RawClient client(world.path());
  begin_hold(client);
  client.send(call_text("Cancel", "{}", R"(,"oneway":true)"));
  EXPECT_EQ(parameters_of(client.receive()).at("partial"), true);
  EXPECT_EQ(parameters_of(client.ask(call_text("Echo", R"({"x":1})"))).at("x"), 1);
}

TEST(Cancel, LeavesOtherClientsAlone) {
  World world;
  RawClient client(world.path()), other(world.path());
  begin_hold(client);
  begin_hold(other);
  client.send(call_text("Cancel"));
  EXPECT_EQ(parameters_of(client.receive()).at("partial"), true);
  EXPECT_EQ(world.holding, 1);
}

TEST(Cancel, IsHeardBehindSixteenCallsAndRefusals) {
  World world;
  RawClient client(world.path());
  begin_hold(client);
  for (int i = 0; i < 40; ++i) client.send(call_text("Echo"));
  client.send(call_text("Cancel"));
  EXPECT_EQ(parameters_of(client.receive()).at("partial"), true);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(failure_of(client.receive()), "cancelled");
  for (int i = 0; i < 24; ++i) EXPECT_EQ(failure_of(client.receive()), "busy");
  EXPECT_EQ(parameters_of(client.receive()).at("cancelled"), 17);
}

TEST(Cancel, AFloodOfThemIsAnsweredOneByOne) {
  World world;
  RawClient client(world.path()), other(world.path());
  begin_hold(client);
  std::thread flood([&] {
    std::string cancels;
    for (int i = 0; i < 10'000; ++i) cancels += call_text("Cancel") + '\0';
    EXPECT_TRUE(client.send_raw(cancels));
  });
  EXPECT_EQ(parameters_of(client.receive()).at("partial"), true);
  std::int64_t sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto reply = client.receive();
    ASSERT_EQ(error_of(reply), "");
    sum += parameters_of(reply).at("cancelled").as_int64();
    if (i % 1000 == 0) {
      EXPECT_EQ(error_of(other.ask(call_text("Echo"))), "");
    }
  }
  flood.join();
  EXPECT_EQ(sum, 1);
}

TEST(ClientsEnd, CancelsItsRunningCall) {
  World world;
  RawClient client(world.path());
  begin_hold(client);
  client.send(call_text("Echo"));
  client.close();
  EXPECT_TRUE(world.eventually([&] { return world.cancelled == 1 && world.client_count() == 0; }));
  EXPECT_EQ(world.holding, 0);
}

TEST(ClientsEnd, CancelsEvenIfRepliesWereNotRead) {
  World world;
  RawClient client(world.path());
  client.send(call_text("Echo"));
  client.send(call_more("Hold"));
  EXPECT_TRUE(world.eventually([&] { return world.holding == 1; }));
  client.close();  // with unread replies the kernel makes this a reset
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
}

TEST(ClientsEnd, LeavesAOnewayCallToItsWork) {
  World world;
  RawClient client(world.path());
  client.send(call_text("Gate", "{}", R"(,"oneway":true)"));
  EXPECT_TRUE(world.eventually([&] { return world.begun == 1; }));
  client.close();
  RawClient other(world.path());
  EXPECT_EQ(error_of(other.ask(call_text("Echo"))), "");
  EXPECT_EQ(world.client_count(), 2U) << "it counts until it is done";
  world.open_gate();
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 1; }));
  EXPECT_EQ(world.cancelled, 0);
}

TEST(ClientsEnd, IsNotMeantByClosingOnlyTheSendingSide) {
  World world;
  RawClient client(world.path());
  client.send(call_more("Gate"));
  client.send(call_text("Echo", R"({"x":5})"));
  client.shut_writing();
  EXPECT_TRUE(continues(client.receive()));
  world.open_gate();
  EXPECT_EQ(parameters_of(client.receive()).at("opened"), true);
  EXPECT_EQ(parameters_of(client.receive()).at("x"), 5);
  EXPECT_EQ(client.receive(), std::nullopt) << "and then it is closed";
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
}

TEST(ClientsEnd, IsSeenAfterTheSendingSideWasClosed) {
  World world;
  RawClient client(world.path());
  begin_hold(client);
  client.shut_writing();
  RawClient other(world.path());
  EXPECT_EQ(error_of(other.ask(call_text("Echo"))), "");
  EXPECT_EQ(world.holding, 1) << "still listening";
  client.close();
  EXPECT_TRUE(world.eventually([&] { return world.cancelled == 1 && world.client_count() == 1; }));
}

}  // namespace
}  // namespace lull::control
