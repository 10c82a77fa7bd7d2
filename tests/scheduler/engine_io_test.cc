// SPDX-License-Identifier: MIT
#include <array>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "scheduler/cancels_io.h"
#include "scheduler/engine.h"
#include "scheduler/task_group.h"
#include "scheduler/use_fiber.h"

namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;

struct Pipe {
  explicit Pipe(Engine& engine) : reader(engine.io()), writer(engine.io()) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    reader.assign(ends[0]);
    writer.assign(ends[1]);
  }
  asio::posix::stream_descriptor reader, writer;
};

TEST(UseFiber, GivesErrorAndCount) {
  Engine engine;
  engine.run([&] {
    Socket a(engine.io()), b(engine.io());
    asio::local::connect_pair(a, b);
    TaskGroup group(engine);
    group.spawn("echo", [&](const base::CancelToken&) {
      std::array<char, 64> buffer{};
      for (;;) {
        auto [error, n] = b.async_read_some(asio::buffer(buffer), use_fiber);
        if (error) {
          EXPECT_EQ(error, asio::error::eof);
          return;
        }
        auto [write_error, written] = asio::async_write(b, asio::buffer(buffer, n), use_fiber);
        EXPECT_FALSE(write_error);
        EXPECT_EQ(written, n);
      }
    });
    for (int i = 0; i < 100; ++i) {
      const std::string sent = "message " + std::to_string(i);
      asio::async_write(a, asio::buffer(sent), use_fiber);
      std::string received(sent.size(), '\0');
      auto [error, n] = asio::async_read(a, asio::buffer(received), use_fiber);
      ASSERT_FALSE(error);
      EXPECT_EQ(received, sent);
    }
    a.close();
    group.join();
  });
}

TEST(UseFiber, FitsEverySignature) {
  Engine engine;
  engine.run([&] {
    asio::steady_timer timer(engine.io(), 10us);
    auto [error] = timer.async_wait(use_fiber);
    EXPECT_FALSE(error);
    static_assert(std::is_same_v<decltype(asio::post(engine.io(), use_fiber)), std::tuple<>>);
    asio::post(engine.io(), use_fiber);
  });
}

TEST(UseFiber, MovesValuesThatCannotBeCopied) {
  Engine engine;
  const std::string path = ::testing::TempDir() + "/use_fiber_" + std::to_string(::getpid());
  engine.run([&] {
    ::unlink(path.c_str());
    asio::local::stream_protocol::acceptor acceptor(engine.io(), path);
    TaskGroup group(engine);
    group.spawn("server", [&](const base::CancelToken&) {
      auto [error, peer] = acceptor.async_accept(use_fiber);
      ASSERT_FALSE(error);
      auto [write_error, n] = asio::async_write(peer, asio::buffer("hi", 2), use_fiber);
      EXPECT_FALSE(write_error);
    });
    Socket client(engine.io());
    auto [error] = client.async_connect(path, use_fiber);
    ASSERT_FALSE(error);
    std::array<char, 2> answer{};
    auto [read_error, n] = asio::async_read(client, asio::buffer(answer), use_fiber);
    EXPECT_FALSE(read_error);
    EXPECT_EQ(std::string(answer.data(), n), "hi");
    group.join();
  });
  ::unlink(path.c_str());
}

TEST(UseFiber, ACancelledDescriptorEndsTheWait) {
  Engine engine;
  engine.run([&] {
    Pipe pipe(engine);
    TaskGroup group(engine);
    group.spawn("reader", [&](const base::CancelToken&) {
      std::array<char, 1> byte{};
      auto [error, n] = pipe.reader.async_read_some(asio::buffer(byte), use_fiber);
      EXPECT_EQ(error, asio::error::operation_aborted);
      EXPECT_EQ(n, 0U);
      // Usable again.
      asio::async_write(pipe.writer, asio::buffer("x", 1), use_fiber);
      auto [again, count] = pipe.reader.async_read_some(asio::buffer(byte), use_fiber);
      EXPECT_FALSE(again);
      EXPECT_EQ(count, 1U);
    });
    engine.sleep_for(100us);
    pipe.reader.cancel();
    group.join();
  });
}

TEST(UseFiber, ADescriptorThatIsClosedUnderItEndsTheWait) {
  Engine engine;
  engine.run([&] {
    Pipe pipe(engine);
    TaskGroup group(engine);
    group.spawn("waiter", [&](const base::CancelToken&) {
      auto [error] = pipe.reader.async_wait(asio::posix::descriptor_base::wait_read, use_fiber);
      EXPECT_EQ(error, asio::error::operation_aborted);
    });
    engine.yield();
    pipe.reader.close();
    group.join();
  });
}

TEST(UseFiber, IsForFibersAlone) {
  Engine engine;
  Pipe pipe(engine);
  EXPECT_THROW(pipe.reader.async_wait(asio::posix::descriptor_base::wait_read, use_fiber),
               std::logic_error);
}

TEST(UseFiber, AWriterOnAnotherThreadWakesTheReader) {
  Engine engine;
  int bytes = 0;
  engine.run([&] {
    Pipe pipe(engine);
    std::thread writer([fd = pipe.writer.native_handle()] {
      for (int i = 0; i < 500; ++i) {
        if (::write(fd, "x", 1) != 1) return;
      }
    });
    std::array<char, 16> buffer{};
    while (bytes < 500) {
      auto [error, n] = pipe.reader.async_read_some(asio::buffer(buffer), use_fiber);
      ASSERT_FALSE(error);
      bytes += static_cast<int>(n);
    }
    writer.join();
  });
  EXPECT_EQ(bytes, 500);
}

TEST(UseFiber, SocketsAreServedWhileFibersAreBusy) {
  Engine engine;
  engine.run([&] {
    Pipe pipe(engine);
    TaskGroup group(engine);
    bool read = false;
    group.spawn("reader", [&](const base::CancelToken&) {
      std::array<char, 1> byte{};
      pipe.reader.async_read_some(asio::buffer(byte), use_fiber);
      read = true;
    });
    std::thread writer([fd = pipe.writer.native_handle()] { EXPECT_EQ(::write(fd, "x", 1), 1); });
    while (!read) engine.yield();
    writer.join();
    group.join();
  });
}

TEST(CancelsIo, ATokenThatFiresOnAnotherThreadCancelsARead) {
  Engine engine;
  int aborted = 0;
  engine.run([&] {
    for (int i = 0; i < 100; ++i) {
      Pipe pipe(engine);
      base::CancelSource source;
      std::thread canceller([&] { source.cancel(base::CancelReason::kUser); });
      std::array<char, 1> byte{};
      const CancelsIo cancels(engine, source.token(), [&] { pipe.reader.close(); });
      auto [error, n] = pipe.reader.async_read_some(asio::buffer(byte), use_fiber);
      // Closed before the read began or while it waited.
      if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
        ++aborted;
      }
      canceller.join();
    }
  });
  EXPECT_EQ(aborted, 100);
}

TEST(CancelsIo, IsNotCalledAfterItsEnd) {
  Engine engine;
  engine.run([&] {
    bool called = false;
    for (int i = 0; i < 100; ++i) {
      base::CancelSource source;
      bool scope_left = false;
      std::thread canceller;
      {
        const CancelsIo cancels(engine, source.token(), [&] { called = called || scope_left; });
        canceller = std::thread([&] { source.cancel(base::CancelReason::kUser); });
        if (i % 2 == 0) engine.yield();
      }
      scope_left = true;
      canceller.join();
      engine.sleep_for(1us);
    }
    EXPECT_FALSE(called);
  });
}

TEST(CancelsIo, ATokenThatHasFiredAlreadyCancelsAtOnce) {
  Engine engine;
  engine.run([&] {
    base::CancelSource source;
    source.cancel(base::CancelReason::kShutdown);
    int calls = 0;
    const CancelsIo cancels(engine, source.token(), [&] { ++calls; });
    EXPECT_EQ(calls, 1);
  });
}

}  // namespace
}  // namespace lull::scheduler
