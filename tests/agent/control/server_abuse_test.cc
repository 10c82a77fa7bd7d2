// SPDX-License-Identifier: MIT
#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/control/call_queue.h"
#include "agent/control/protocol.h"
#include "agent/control/server.h"
#include "tests/agent/control/control_world.h"
#include "tests/support/virtual_engine.h"

namespace lull::control {
namespace {

using namespace std::string_literals;

void expect_served(RawClient& client) {
  EXPECT_EQ(parameters_of(client.ask(call_text("Echo", R"({"x":1})"))).at("x"), 1);
}

// The reply says why, then the connection ends.
void expect_dropped(World& world, std::string_view bytes, std::string_view code) {
  RawClient client(world.path());
  client.send_raw(bytes);
  EXPECT_EQ(failure_of(client.receive()), code) << bytes.substr(0, 60);
  EXPECT_EQ(client.receive(), std::nullopt);
}

std::string nested(std::size_t arrays) {
  return call_text("Echo", R"({"a":)" + std::string(arrays, '[') + std::string(arrays, ']') + "}");
}

TEST(Abuse, GarbageGetsAnErrorAndTheDoor) {
  World world;
  RawClient good(world.path());
  for (const std::string& garbage :
       {"GET / HTTP/1.1\r\n\r\n\0"s, "\0"s, "[]\0"s, "null\0"s, "17\0"s, "\"text\"\0"s, "{\0"s,
        "{}{}\0"s, "\xff\xfe\0"s, "{\"method\":\"\xc3\x28\"}\0"s, std::string(64, '\0')}) {
    expect_dropped(world, garbage, "malformed");
    expect_served(good);
  }
}

TEST(Abuse, WhatFollowsGarbageIsNotDone) {
  World world;
  expect_dropped(world, "garbage\0"s + call_text("Echo") + '\0', "malformed");
  EXPECT_EQ(world.begun, 0);
}

TEST(Abuse, GarbageBehindARunningCallEndsItFirst) {
  World world;
  RawClient client(world.path());
  client.send(call_more("Hold"));
  EXPECT_TRUE(continues(client.receive()));
  client.send("garbage");
  EXPECT_EQ(parameters_of(client.receive()).at("partial"), true);
  EXPECT_EQ(failure_of(client.receive()), "malformed");
  EXPECT_EQ(client.receive(), std::nullopt);
}

TEST(Abuse, AMessageMayHaveOneMebibyte) {
  World world;
  const std::string frame = call_text("Echo", R"({"x":"@"})");
  std::string message = frame;
  message.replace(message.find('@'), 1, std::string(kMaxMessageBytes - frame.size() + 1, 'y'));
  ASSERT_EQ(message.size(), kMaxMessageBytes);
  RawClient client(world.path());
  EXPECT_EQ(error_of(client.ask(message)), "");
  message.insert(message.find('y'), "y");
  RawClient other(world.path());
  other.send(message);
  EXPECT_EQ(failure_of(other.receive()), "too-large");
  EXPECT_EQ(other.receive(), std::nullopt);
}

TEST(Abuse, TwoMebibytesWithoutAnEndAreNotKept) {
  World world;
  RawClient good(world.path());
  RawClient client(world.path());
  // The server closes when it has seen enough; the rest cannot be sent.
  client.send_raw(std::string(2 * kMaxMessageBytes, 'x'));
  EXPECT_EQ(failure_of(client.receive()), "too-large");
  EXPECT_EQ(client.receive(), std::nullopt);
  expect_served(good);
}

TEST(Abuse, NestingIsLimited) {
  World world;
  RawClient client(world.path());
  EXPECT_EQ(error_of(client.ask(nested(62))), "");  // 64 with the message and its parameters
  expect_dropped(world, nested(63) + '\0', "too-large");
  expect_dropped(world, nested(1000) + '\0', "too-large");
  expect_dropped(world, std::string(1'000'000, '[') + '\0', "too-large");
}

TEST(Abuse, SoIsTheNumberOfValues) {
  World world;
  std::string empty = "[]";
  while (empty.size() < 1'000'000) empty += ",[]";
  expect_dropped(world, call_text("Echo", R"({"a":[)" + empty + "]}") + '\0', "too-large");
}

TEST(Abuse, HalfAMessageLeavesNothingBehind) {
  World world;
  for (int i = 0; i < 50; ++i) {
    RawClient client(world.path());
    const std::string call = call_text("Echo");
    client.send_raw(call.substr(0, static_cast<std::size_t>(i) % call.size()));
  }
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
  EXPECT_EQ(world.begun, 0);
}

TEST(Abuse, ABytePerPacketHoldsNobodyUp) {
  World world;
  RawClient slow(world.path()), good(world.path());
  const std::string call = call_text("Echo", R"({"slow":true})") + '\0';
  for (const char byte : call) {
    slow.send_raw({&byte, 1});
    expect_served(good);
  }
  EXPECT_EQ(parameters_of(slow.receive()).at("slow"), true);
}

TEST(Abuse, ReadingByteByByteHoldsNobodyUp) {
  World world;
  RawClient slow(world.path()), good(world.path());
  slow.send(call_text("Big", R"({"bytes":3000000})"));
  char byte = 0;
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(::recv(slow.fd(), &byte, 1, 0), 1);
    expect_served(good);
  }
}

TEST(Abuse, ALongReplyComesWholeWhileOthersAreServed) {
  World world;
  RawClient big(world.path()), good(world.path());
  std::thread reader([&] {
    const auto reply = big.ask(call_text("Big", R"({"bytes":20000000})"));
    EXPECT_EQ(parameters_of(reply).at("text").as_string().size(), 20'000'000U);
  });
  for (int i = 0; i < 100; ++i) expect_served(good);
  reader.join();
}

TEST(Abuse, AHundredClientsAtOnce) {
  World world;
  std::vector<RawClient> clients(100);
  for (RawClient& client : clients) client.connect(world.path());
  int served = 0, refused = 0;
  for (RawClient& client : clients) {
    (void)client.send(call_text("Echo"));
    const auto reply = client.receive();
    served += error_of(reply).empty() ? 1 : 0;
    refused += failure_of(reply) == "busy" ? 1 : 0;
  }
  EXPECT_EQ(served, 32);
  EXPECT_EQ(refused, 68);
  EXPECT_EQ(world.client_count(), 32U);
  clients.clear();
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
  RawClient next(world.path());
  expect_served(next);
}

TEST(Abuse, ComingAndGoingLeavesNothingBehind) {
  World world;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        RawClient client(world.path());
        if (i % 3 == 0) client.send(call_more("Hold"));
        if (i % 3 == 1) client.send(call_text("Echo"));
        // Some leave before they are answered, some after, and some with a last word.
        if (i % 3 != 2 && i % 2 == t % 2) (void)client.receive();
        if (i % 5 == 0) (void)client.send_raw("x");
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
  EXPECT_EQ(world.holding, 0);
}

TEST(Abuse, AClientThatNeverReadsHoldsNobodyUp) {
  World world;
  RawClient deaf(world.path()), good(world.path());
  std::string calls;
  for (int i = 0; i < 10; ++i) calls += call_text("Big", R"({"bytes":500000})") + '\0';
  deaf.send_raw(calls);
  deaf.send(call_more("Burst", R"({"n":100000})"));
  for (int i = 0; i < 300; ++i) expect_served(good);
  EXPECT_EQ(world.client_count(), 2U);
}

TEST(Abuse, ASlowReaderMissesIntermediateRepliesAndGetsTheNewest) {
  World world;
  RawClient slow(world.path());
  slow.send(call_more("Count", R"({"n":50000})"));
  RawClient good(world.path());
  // While nobody reads, the method gets to its end: nothing it sends makes it wait.
  EXPECT_EQ(parameters_of(good.ask(call_text("Count", R"({"n":60000})"))).at("n"), 60000);
  std::int64_t last = -1, seen = 0;
  auto reply = slow.receive();
  for (; continues(reply); reply = slow.receive(), ++seen) {
    EXPECT_GT(parameters_of(reply).at("i").as_int64(), last);
    last = parameters_of(reply).at("i").as_int64();
  }
  EXPECT_EQ(last, 49999);
  EXPECT_LT(seen, 49999);
  EXPECT_EQ(parameters_of(reply).at("n"), 50000);
}

TEST(Abuse, AClientThatDoesNotReadForTenSecondsIsDropped) {
  testing::VirtualTime time;
  World world(time, "control");
  RawClient deaf(world.path());
  const base::SteadyTime before = time.now();
  deaf.send(call_text("Big", R"({"bytes":8000000})"));
  EXPECT_TRUE(world.eventually([&] { return world.begun == 1 && world.client_count() == 0; }));
  EXPECT_GE(time.now() - before, std::chrono::seconds(10));
  EXPECT_LE(time.now() - before, std::chrono::seconds(11));
}

TEST(Abuse, AWatcherThatDoesNotReadIsDroppedToo) {
  testing::VirtualTime time;
  World world(time, "control");
  RawClient deaf(world.path());
  // More than the socket holds, then the method waits for ever: what is due must not.
  std::string filler(40'000, 'f');
  deaf.send(call_more("Echo", R"({"x":")" + filler + "\"}"));
  for (int i = 0; i < 12; ++i) deaf.send(call_text("Echo", R"({"x":")" + filler + "\"}"));
  deaf.send(call_more("Hold"));
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 0; }));
}

TEST(Abuse, AnsweringFasterThanItIsReadHasAnEnd) {
  World world;
  RawClient good(world.path());
  RawClient client(world.path());
  client.send(call_more("Hold"));
  EXPECT_TRUE(continues(client.receive()));
  // Calls and cancels in turns cannot be counted together: at some number the client goes.
  std::string turns;
  for (std::size_t i = 0; i < CallQueue::kMostItems; ++i)
    turns += call_text("Echo") + '\0' + call_text("Cancel") + '\0';
  for (int i = 0; i < 20; ++i) (void)client.stuff(turns);
  expect_served(good);
  client.close();
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 1; }));
}

TEST(Abuse, RandomBytesNeverHarmOthers) {
  World world;
  RawClient good(world.path());
  std::mt19937 random(42);
  for (int i = 0; i < 200; ++i) {
    RawClient client(world.path());
    std::string bytes(random() % 3000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 256);
    if (i % 2 == 0) bytes = call_text("Echo") + '\0' + bytes;
    (void)client.send_raw(bytes);
    if (i % 10 == 0) expect_served(good);
  }
  EXPECT_TRUE(world.eventually([&] { return world.client_count() == 1; }));
  expect_served(good);
}

// Lowers the limit of open files for the process and gives it back.
class FewFiles {
 public:
  explicit FewFiles(rlim_t limit) {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &old_), 0);
    const rlimit few{limit, old_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  }
  ~FewFiles() { ::setrlimit(RLIMIT_NOFILE, &old_); }

 private:
  rlimit old_{};
};

void connect_prepared(int socket, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

TEST(Abuse, WithoutDescriptorsLeftWhoComesIsToldSo) {
  World world;
  RawClient good(world.path());
  expect_served(good);
  const base::UniqueFd first(::socket(AF_UNIX, SOCK_STREAM, 0));
  const base::UniqueFd second(::socket(AF_UNIX, SOCK_STREAM, 0));
  const base::UniqueFd last(::dup(first.get()));  // every number below it is taken
  {
    const FewFiles few(static_cast<rlim_t>(last.get()) + 1);
    for (const base::UniqueFd* socket : {&first, &second}) {
      connect_prepared(socket->get(), world.path());
      std::string text(2000, '\0');
      const ssize_t size = ::recv(socket->get(), text.data(), text.size(), 0);
      ASSERT_GT(size, 0);
      const auto reply = parse_message(text.substr(0, static_cast<std::size_t>(size) - 1));
      EXPECT_EQ(failure_of(*reply), "busy");
      expect_served(good);
    }
  }
  RawClient later(world.path());
  expect_served(later);
}

TEST(Abuse, WithNotEvenOneDescriptorToSpareItWaitsAndServesOn) {
  CountingTime time;
  World world(time, "control");
  RawClient good(world.path());
  // UBSan opens a pipe to look at a type of object that it has not seen before: show it the clock.
  EXPECT_EQ(error_of(good.ask(call_text("Nap"))), "");
  const int before = time.timers;
  {
    // Descriptors that are open stay; none can be opened, not even in place of the spare one.
    base::UniqueFd prepared(::socket(AF_UNIX, SOCK_STREAM, 0));
    const FewFiles none(3);
    connect_prepared(prepared.get(), world.path());
    for (int i = 0; i < 100; ++i) expect_served(good);
    EXPECT_EQ(world.client_count(), 1U);
    EXPECT_TRUE(world.eventually([&] { return time.timers > before; }))
        << "it waits, and does not spin";
  }
  RawClient later(world.path());
  expect_served(later);
}

// For this thread alone, and for good.
void become_nobody() { ASSERT_EQ(::syscall(SYS_setresuid, 65534, 65534, 65534), 0); }

TEST(Abuse, AnotherUserIsTurnedAwayEvenIfTheDoorStandsOpen) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to be somebody else";
  World world;
  ASSERT_EQ(::chmod(world.directory().path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(world.path().c_str(), 0666), 0);
  std::thread other([&] {
    become_nobody();
    RawClient client(world.path());
    (void)client.send(call_text("Echo"));
    EXPECT_EQ(failure_of(client.receive()), "permission-denied");
    EXPECT_EQ(client.receive(), std::nullopt);
  });
  other.join();
  EXPECT_EQ(world.begun, 0);
}

}  // namespace
}  // namespace lull::control
