// SPDX-License-Identifier: MIT
#include "agent/presence/bus_knock.h"

#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <unistd.h>

#include "scheduler/cancels_io.h"
#include "scheduler/use_fiber.h"

namespace lull::agent::presence {
namespace {

using Protocol = boost::asio::local::stream_protocol;

// "AUTH EXTERNAL" with our uid in decimal, spelled in hexadecimal digits; a NUL byte goes first.
std::string greeting() {
  std::string text(1, '\0');
  text += "AUTH EXTERNAL ";
  for (const char digit : std::to_string(::getuid())) {
    text += '3';
    text += digit;
  }
  text += "\r\n";
  return text;
}

// Shared with the timer's handler, which may still be queued when the knock is over.
struct Attempt {
  explicit Attempt(boost::asio::io_context& io) : socket(io), timer(io) {}
  void hang_up() {
    boost::system::error_code ignored;
    socket.close(ignored);
  }
  Protocol::socket socket;
  boost::asio::steady_timer timer;
  bool timed_out = false;
};

// Asio's own timer: it bounds real I/O, so it runs on real time whatever the engine's is.
void start_timer(const std::shared_ptr<Attempt>& attempt, base::Duration patience) {
  attempt->timer.expires_after(patience);
  attempt->timer.async_wait([attempt](const boost::system::error_code& stopped) {
    if (stopped) return;
    attempt->timed_out = true;
    attempt->hang_up();
  });
}

// Connects, greets and reads the beginning of the answer.
boost::system::error_code converse(Attempt& attempt, const BusAddress& address,
                                   std::string& answer) {
  const auto [refused] =
      attempt.socket.async_connect(Protocol::endpoint(address.socket), scheduler::use_fiber);
  if (refused) return refused;
  const std::string hello = greeting();
  const auto [unsent, sent] =
      boost::asio::async_write(attempt.socket, boost::asio::buffer(hello), scheduler::use_fiber);
  if (unsent) return unsent;
  answer.resize(128);
  const auto [unread, length] =
      attempt.socket.async_read_some(boost::asio::buffer(answer), scheduler::use_fiber);
  answer.resize(length);
  return unread;
}

base::Status failed(const boost::system::error_code& error, bool timed_out,
                    const base::CancelToken& cancel) {
  if (cancel.cancelled()) return base::fail(base::ErrorCode::kCancelled, "cancelled");
  if (timed_out) return base::fail(base::ErrorCode::kTimeout, "the message bus does not answer");
  return base::fail_errno(error.value(), {}, "connecting to the message bus");
}

// A live bus says "OK <guid>", or "REJECTED …" to somebody it does not let in.
base::Status judge(std::string_view answer) {
  if (answer.substr(0, 2) == "OK") return {};
  if (answer.substr(0, 2) == "RE")
    return base::fail(base::ErrorCode::kPermissionDenied, "the message bus does not let us in");
  return base::fail(base::ErrorCode::kMalformed, "what answers there is not a message bus");
}

}  // namespace

base::Status knock(scheduler::Engine& engine, const BusAddress& address, base::Duration patience,
                   const base::CancelToken& cancel) {
  const auto attempt = std::make_shared<Attempt>(engine.io());
  const scheduler::CancelsIo cancels(engine, cancel, [&] { attempt->hang_up(); });
  start_timer(attempt, patience);
  std::string answer;
  const auto error = converse(*attempt, address, answer);
  attempt->timer.cancel();
  attempt->hang_up();
  if (error) return failed(error, attempt->timed_out, cancel);
  return judge(answer);
}

}  // namespace lull::agent::presence
