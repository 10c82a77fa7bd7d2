// SPDX-License-Identifier: MIT
#include "agent/control/client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/control/framing.h"
#include "agent/control/protocol.h"
#include "agent/control/unix_socket.h"
#include "core/base/clock.h"
#include "core/base/unique_fd.h"

namespace lull::control {
namespace {

using base::ErrorCode;
using base::Result;
using base::Status;

constexpr auto kConnectPatience = std::chrono::seconds(2);
constexpr auto kConnectPause = std::chrono::milliseconds(10);
// For the partial result of a call that was cancelled.
constexpr auto kCancelPatience = std::chrono::seconds(2);
// A scan of a million items is some 150 MB.
constexpr std::size_t kMaxReplyBytes = 512 * base::kMiB;
constexpr std::size_t kReadBytes = std::size_t{64} * 1024;

base::SteadyTime now() { return base::system_clock().now(); }

// Milliseconds for poll(2), rounded up; -1 waits for ever.
int poll_time(const std::optional<base::SteadyTime>& deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

// Lets a cancel token, on any thread, end a poll(2).
class SelfPipe {
 public:
  static Result<SelfPipe> make() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return base::fail_errno(errno, {}, "opening a pipe");
    SelfPipe pipe;
    pipe.read_end_.reset(ends[0]);
    pipe.write_end_.reset(ends[1]);
    for (const int end : ends)
      if (::fcntl(end, F_SETFL, O_NONBLOCK) != 0 || ::fcntl(end, F_SETFD, FD_CLOEXEC) != 0)
        return base::fail_errno(errno, {}, "preparing a pipe");
    return pipe;
  }
  int fd() const { return read_end_.get(); }
  void ring() const { (void)!::write(write_end_.get(), "c", 1); }
  void quiet() const {
    std::array<char, 16> bytes{};
    while (::read(read_end_.get(), bytes.data(), bytes.size()) > 0) {
    }
  }

 private:
  base::UniqueFd read_end_, write_end_;
};

Status connect_within(int socket, const sockaddr_un& address, const std::string& path) {
  const base::SteadyTime deadline = now() + kConnectPatience;
  for (;;) {
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return {};
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR)
      return base::fail(ErrorCode::kNoAgent, "no agent answers here; start one with `lull agent`",
                        path);
    // EAGAIN: the agent's backlog is full.
    if (errno != EAGAIN && errno != EINTR)
      return base::fail_errno(errno, path, "connecting to the agent");
    if (now() >= deadline)
      return base::fail(ErrorCode::kTimeout, "the agent does not answer", path);
    ::poll(nullptr, 0, static_cast<int>(kConnectPause.count()));
  }
}

class SocketClient final : public Client {
 public:
  SocketClient(base::UniqueFd socket, SelfPipe pipe)
      : socket_(std::move(socket)), pipe_(std::move(pipe)), frames_(kMaxReplyBytes) {}

  Result<Object> call(std::string_view method, Object parameters,
                      const std::function<void(const Object&)>& on_progress,
                      const base::CancelToken& cancel) override;

 private:
  // One call from its first byte to its last reply.
  struct Exchange {
    const std::function<void(const Object&)>& on_progress;
    std::string unsent;
    std::size_t sent = 0;
    int replies_due = 1;  // final ones: the call's and, once asked for, Cancel's
    bool cancelling = false;
    std::optional<base::SteadyTime> deadline;
    std::optional<Result<Object>> result;
  };

  Result<Object> finish(Exchange& exchange);
  Status step(Exchange& exchange);
  void send_cancel(Exchange& exchange) const;
  Status write_some(Exchange& exchange) const;
  Status read_some(Exchange& exchange);
  Status take(Exchange& exchange, std::string_view text) const;
  Status lost() const {
    return base::fail(ErrorCode::kIo, "the agent went away before it answered");
  }

  base::UniqueFd socket_;  // none: the connection is of no further use
  const SelfPipe pipe_;
  FrameReader frames_;
};

Result<Object> SocketClient::call(std::string_view method, Object parameters,
                                  const std::function<void(const Object&)>& on_progress,
                                  const base::CancelToken& cancel) {
  if (!socket_) return base::fail(ErrorCode::kIo, "the connection to the agent was lost");
  if (cancel.cancelled())
    return base::fail(ErrorCode::kCancelled, "cancelled before the agent was asked");
  Request request{std::string(kInterface) + "." + std::string(method), std::move(parameters),
                  on_progress != nullptr, false};
  Exchange exchange{on_progress, to_text(make_request(std::move(request))), 0, 1, false, {}, {}};
  if (exchange.unsent.size() > kMaxMessageBytes)
    return base::fail(ErrorCode::kTooLarge, "the agent takes no call of more than " +
                                                std::to_string(kMaxMessageBytes) + " bytes");
  exchange.unsent += '\0';
  pipe_.quiet();
  const auto registration = cancel.on_cancel([this] { pipe_.ring(); });
  return finish(exchange);
}

Result<Object> SocketClient::finish(Exchange& exchange) {
  while (exchange.replies_due > 0) {
    Status status = step(exchange);
    if (status) continue;
    socket_.reset();
    if (!exchange.result) return tl::unexpected(std::move(status).error());
    break;
  }
  return *std::move(exchange.result);
}

Status SocketClient::step(Exchange& exchange) {
  const bool writing = exchange.sent < exchange.unsent.size();
  std::array<pollfd, 2> entries{
      pollfd{socket_.get(), static_cast<short>(writing ? POLLIN | POLLOUT : POLLIN), 0},
      pollfd{exchange.cancelling ? -1 : pipe_.fd(), POLLIN, 0}};
  const int ready = ::poll(entries.data(), entries.size(), poll_time(exchange.deadline));
  if (ready < 0 && errno != EINTR) return base::fail_errno(errno, {}, "waiting for the agent");
  if (ready == 0)
    return base::fail(ErrorCode::kCancelled, "cancelled; the agent did not say how far it got");
  if (ready < 0) return {};
  if (entries[1].revents != 0) send_cancel(exchange);
  if ((entries[0].revents & POLLOUT) != 0) LULL_TRY(write_some(exchange));
  if ((entries[0].revents & ~POLLOUT) != 0) LULL_TRY(read_some(exchange));
  return {};
}

void SocketClient::send_cancel(Exchange& exchange) const {
  exchange.cancelling = true;
  exchange.deadline = now() + kCancelPatience;
  exchange.unsent += to_text(make_request({std::string(kCancelMethod), {}, false, false}));
  exchange.unsent += '\0';
  ++exchange.replies_due;
}

// An agent that refuses us may have closed its end already; what it said is still to be read.
Status SocketClient::write_some(Exchange& exchange) const {
  const std::string_view unsent = std::string_view(exchange.unsent).substr(exchange.sent);
  const ssize_t size = send_some(socket_.get(), unsent);
  if (size >= 0) {
    exchange.sent += static_cast<std::size_t>(size);
  } else if (errno == EPIPE || errno == ECONNRESET) {
    exchange.sent = exchange.unsent.size();
  } else if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS) {
    return base::fail_errno(errno, {}, "asking the agent");
  }
  return {};
}

Status SocketClient::read_some(Exchange& exchange) {
  std::array<char, kReadBytes> bytes;
  const ssize_t size = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (size < 0 && errno != ECONNRESET)
    return base::fail_errno(errno, {}, "reading the agent's answer");
  if (size <= 0) return lost();
  Status status;
  const std::string_view received(bytes.data(), static_cast<std::size_t>(size));
  const auto outcome = frames_.feed(received, [&](std::string_view text) {
    status = take(exchange, text);
    return status.has_value();
  });
  if (outcome == FrameReader::Outcome::kTooLong)
    return base::fail(ErrorCode::kTooLarge, "the agent's answer is too long");
  return status;
}

Status SocketClient::take(Exchange& exchange, std::string_view text) const {
  auto message = parse_message(text);
  if (!message) return tl::unexpected(std::move(message).error());
  auto reply = read_reply(*std::move(message));
  if (!reply) return tl::unexpected(std::move(reply).error());
  if (exchange.replies_due == 0)
    return base::fail(ErrorCode::kMalformed, "the agent answered more than it was asked");
  if (reply->continues) {
    if (exchange.on_progress && !exchange.result) exchange.on_progress(*reply->result);
    return {};
  }
  --exchange.replies_due;
  if (!exchange.result) exchange.result = std::move(reply->result);
  return {};
}

}  // namespace

Result<std::unique_ptr<Client>> Client::connect(const std::string& socket_path) {
  const auto address = socket_address(socket_path);
  if (!address) return tl::unexpected(address.error());
  auto socket = open_stream_socket();
  if (!socket) return tl::unexpected(std::move(socket).error());
  LULL_TRY(connect_within(socket->get(), *address, socket_path));
  if (peer_uid(socket->get()) != ::geteuid())
    return base::fail(ErrorCode::kPermissionDenied, "the agent there is another user's",
                      socket_path);
  auto pipe = SelfPipe::make();
  if (!pipe) return tl::unexpected(std::move(pipe).error());
  return std::make_unique<SocketClient>(*std::move(socket), *std::move(pipe));
}

}  // namespace lull::control
