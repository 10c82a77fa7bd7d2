// SPDX-License-Identifier: MIT
#include "agent/control/client.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/control/protocol.h"
#include "agent/control/socket_file.h"
#include "tests/agent/control/control_world.h"

namespace lull::control {
namespace {

using namespace std::string_literals;
using base::ErrorCode;

std::unique_ptr<Client> connect(const std::string& path) {
  auto client = Client::connect(path);
  EXPECT_TRUE(client) << client.error().to_string();
  return client ? *std::move(client) : nullptr;
}

ErrorCode connect_error(const std::string& path) {
  const auto client = Client::connect(path);
  EXPECT_FALSE(client);
  return client ? ErrorCode::kInternal : client.error().code;
}

// An agent of another mind: takes one client, waits for a byte, says `answer` and closes.
class OddAgent {
 public:
  explicit OddAgent(std::string answer, bool closes = true) {
    auto listening = listen_at(path());
    EXPECT_TRUE(listening);
    listening_.emplace(*std::move(listening));
    thread_ = std::thread([this, closes, text = std::move(answer)] {
      ::fcntl(listening_->socket.get(), F_SETFL, 0);
      socket_.reset(::accept(listening_->socket.get(), nullptr, nullptr));
      char byte = 0;
      (void)::recv(socket_.get(), &byte, 1, 0);
      (void)::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (closes) socket_.reset();
    });
  }
  ~OddAgent() { thread_.join(); }
  std::string path() const { return directory_ / "control"; }

 private:
  support::TempDir directory_;
  std::optional<Listening> listening_;
  base::UniqueFd socket_;
  std::thread thread_;
};

TEST(ClientConnect, SaysThereIsNoAgentWhereNobodyListens) {
  const support::TempDir directory;
  EXPECT_EQ(connect_error(directory / "absent"), ErrorCode::kNoAgent);
  EXPECT_EQ(connect_error(directory / "no/such/folder"), ErrorCode::kNoAgent);
  directory.write("file", "");
  EXPECT_EQ(connect_error(directory / "file"), ErrorCode::kNoAgent);
  EXPECT_EQ(connect_error(directory / "file/below"), ErrorCode::kNoAgent);
  std::string moved = directory / "moved";
  {
    const auto listening = listen_at(directory / "dead");
    ASSERT_TRUE(listening);
    ASSERT_EQ(::rename((directory / "dead").c_str(), moved.c_str()), 0);
  }
  EXPECT_EQ(connect_error(moved), ErrorCode::kNoAgent) << "its owner has died";
}

TEST(ClientConnect, SaysWhenThePathIsTooLong) {
  const auto client = Client::connect("/" + std::string(200, 'x'));
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::kInvalidArgument);
}

TEST(ClientConnect, GivesUpOnAnAgentThatAcceptsNobody) {
  const support::TempDir directory;
  const auto listening = listen_at(directory / "control");
  ASSERT_TRUE(listening);
  ASSERT_EQ(::listen(listening->socket.get(), 0), 0);
  RawClient first(directory / "control");
  EXPECT_EQ(connect_error(directory / "control"), ErrorCode::kTimeout);
}

TEST(ClientConnect, DoesNotTrustTheSocketOfSomebodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to be somebody else";
  const support::TempDir directory;
  ASSERT_EQ(::chmod(directory.path().c_str(), 0777), 0);
  const std::string path = directory / "theirs";
  base::UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM, 0));
  std::thread other([&] {
    ASSERT_EQ(::syscall(SYS_setresuid, 65534, 65534, 65534), 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    ASSERT_EQ(::listen(listener.get(), 5), 0);
  });
  other.join();
  EXPECT_EQ(connect_error(path), ErrorCode::kPermissionDenied);
}

TEST(Client, GivesTheResultOfACall) {
  World world;
  const auto client = connect(world.path());
  for (int i = 0; i < 20; ++i) {
    const auto result = client->call("Echo", {{"i", i}, {"text", "ä\n"}});
    ASSERT_TRUE(result) << result.error().to_string();
    EXPECT_EQ(result->at("i"), i);
    EXPECT_EQ(result->at("text"), "ä\n");
  }
}

TEST(Client, GivesTheErrorAsItWas) {
  World world;
  const auto client = connect(world.path());
  const auto result = client->call("Fail", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(result.error().to_string(), "asking: reading: /a/b: is not there");
  EXPECT_EQ(client->call("FromTheFuture", {}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(client->call("Watch", {}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(client->call("Echo", {}));
}

TEST(Client, HandsOverProgressInOrder) {
  World world;
  const auto client = connect(world.path());
  std::vector<std::int64_t> seen;
  const auto result = client->call("Count", {{"n", 200}}, [&](const Object& progress) {
    seen.push_back(progress.at("i").as_int64());
  });
  ASSERT_TRUE(result);
  EXPECT_EQ(result->at("n"), 200);
  ASSERT_FALSE(seen.empty());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), 199);
}

TEST(Client, ReceivesALongAnswer) {
  World world;
  const auto result = connect(world.path())->call("Big", {{"bytes", 10'000'000}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->at("text").as_string().size(), 10'000'000U);
}

TEST(Client, DoesNotSendWhatTheAgentWouldRefuse) {
  World world;
  const auto client = connect(world.path());
  EXPECT_EQ(client->call("Echo", {{"x", std::string(kMaxMessageBytes, 'x')}}).error().code,
            ErrorCode::kTooLarge);
  EXPECT_TRUE(client->call("Echo", {{"x", std::string(kMaxMessageBytes - 200, 'x')}}));
}

TEST(ClientCancel, BringsThePartialResult) {
  World world;
  const auto client = connect(world.path());
  const base::CancelSource source;
  // Once the call has begun, from another thread.
  std::thread canceller;
  const auto result = client->call(
      "Hold", {},
      [&](const Object&) {
        canceller = std::thread([&] { source.cancel(base::CancelReason::kUser); });
      },
      source.token());
  canceller.join();
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(result->at("partial"), true);
  EXPECT_TRUE(client->call("Echo", {})) << "the connection is in step";
}

TEST(ClientCancel, BeforeTheCallAsksNobody) {
  World world;
  const auto client = connect(world.path());
  const base::CancelSource source;
  source.cancel(base::CancelReason::kUser);
  EXPECT_EQ(client->call("Echo", {}, nullptr, source.token()).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(world.begun, 0);
}

TEST(ClientCancel, MayComeWhenTheAnswerIsOnItsWay) {
  World world;
  const auto client = connect(world.path());
  for (int i = 0; i < 300; ++i) {
    const base::CancelSource source;
    std::thread canceller([&] { source.cancel(base::CancelReason::kUser); });
    const auto result = client->call("Echo", {{"i", i}}, nullptr, source.token());
    canceller.join();
    if (result) {
      EXPECT_EQ(result->at("i"), i);
    } else {
      EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
    }
  }
  EXPECT_EQ(client->call("Echo", {{"i", -1}})->at("i"), -1);
}

TEST(ClientCancel, DoesNotWaitForAnAgentThatHangs) {
  OddAgent agent("", false);
  const auto client = connect(agent.path());
  const base::CancelSource source;
  std::thread canceller([&] { source.cancel(base::CancelReason::kUser); });
  const auto result = client->call("Scan", {}, nullptr, source.token());
  canceller.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

TEST(Client, SaysThatTheAgentDied) {
  for (const std::string& last_words :
       {""s, "{\"parameters\":"s, R"({"continues":true})"s + '\0'}) {
    OddAgent agent(last_words);
    const auto client = connect(agent.path());
    const auto result = client->call("Scan", {}, [](const Object&) {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kIo);
    EXPECT_NE(result.error().message.find("went away"), std::string::npos);
    EXPECT_EQ(client->call("Scan", {}).error().code, ErrorCode::kIo) << "and stays gone";
  }
}

TEST(Client, RefusesAnswersThatMakeNoSense) {
  for (const std::string& nonsense : {"garbage\0"s, "[]\0"s, "\0"s, "{\"parameters\":7}\0"s,
                                      "{\"continues\":1}\0"s, "{}\0{}\0"s}) {
    OddAgent agent(nonsense);
    const auto client = connect(agent.path());
    const auto first = client->call("Scan", {});
    const auto second = client->call("Scan", {});
    EXPECT_FALSE(first && second) << nonsense;
    EXPECT_FALSE(second);
  }
}

TEST(Client, HearsWhyItIsTurnedAway) {
  World world;
  std::vector<RawClient> others(32);
  for (RawClient& other : others) {
    other.connect(world.path());
    EXPECT_EQ(error_of(other.ask(call_text("Echo"))), "");
  }
  const auto client = connect(world.path());
  const auto result = client->call("Echo", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kBusy) << result.error().to_string();
}

TEST(Client, HearsItEvenIfTheAgentHungUpBeforeItAsked) {
  const support::TempDir directory;
  const auto listening = listen_at(directory / "control");
  ASSERT_TRUE(listening);
  const auto client = connect(directory / "control");
  {
    const base::UniqueFd served(::accept(listening->socket.get(), nullptr, nullptr));
    const std::string words =
        to_text(make_failure({ErrorCode::kBusy, "no room", {}, 0, {}})) + '\0';
    ASSERT_EQ(::send(served.get(), words.data(), words.size(), 0),
              static_cast<ssize_t>(words.size()));
  }
  const auto result = client->call("Echo", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kBusy) << result.error().to_string();
}

TEST(Client, HearsThatTheAgentIsStopping) {
  World world;
  const auto client = connect(world.path());
  std::thread stopper;
  const auto result = client->call("Hold", {}, [&](const Object&) {
    stopper = std::thread([&] { world.stop(std::chrono::seconds(10)); });
  });
  stopper.join();
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(result->at("reason").as_string(),
            base::cancel_reason_name(base::CancelReason::kShutdown));
  EXPECT_EQ(client->call("Echo", {}).error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace lull::control
