// SPDX-License-Identifier: MIT
#include "agent/control/connection.h"

#include <cerrno>
#include <exception>
#include <memory>
#include <utility>

#include <sys/socket.h>

#include "agent/control/protocol.h"
#include "agent/control/unix_socket.h"
#include "scheduler/use_fiber.h"

namespace lull::control {

using base::CancelReason;
using boost::asio::posix::descriptor_base;
using scheduler::use_fiber;

Connection::Connection(scheduler::Engine& engine, const Router& router, SharedCalls& shared,
                       std::span<char> scratch, base::UniqueFd socket)
    : router_(router),
      shared_(shared),
      scratch_(scratch),
      socket_(engine.io()),
      frames_(kMaxMessageBytes),
      outbox_(engine, socket_, fibers_),
      fibers_(engine) {
  socket_.assign(socket.get());
  (void)socket.release();
}

Connection::~Connection() { drop(); }

void Connection::run() {
  read();
  fibers_.join();
}

void Connection::read() {
  while (!ending_) {
    auto [failure] = socket_.async_wait(descriptor_base::wait_read, use_fiber);
    if (ending_) return;
    if (failure) return gone();
    read_once();
  }
}

void Connection::read_once() {
  const ssize_t size = ::recv(socket_.native_handle(), scratch_.data(), scratch_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return gone();
  if (size == 0) return await_replies();
  const std::string_view bytes(scratch_.data(), static_cast<std::size_t>(size));
  const auto outcome = frames_.feed(bytes, [this](std::string_view text) {
    take(text);
    return !ending_;
  });
  if (outcome == FrameReader::Outcome::kTooLong)
    refuse(make_failure({base::ErrorCode::kTooLarge,
                         "a message may have " + std::to_string(kMaxMessageBytes) + " bytes",
                         {},
                         0,
                         {}}));
}

void Connection::take(std::string_view text) {
  auto message = parse_call(text);
  if (!message) return refuse(make_failure(message.error()));
  auto request = read_request(*std::move(message));
  bool room = true;
  if (!request) {
    room = queue_.add_reply(std::move(request).error());
  } else if (request->method == kCancelMethod) {
    return cancel_earlier(request->oneway);
  } else {
    room = queue_.add_call(*std::move(request), text.size());
  }
  if (!room) return drop();
  serve_soon();
}

void Connection::cancel_earlier(bool oneway) {
  const std::size_t cancelled = queue_.cancel_all(CancelReason::kUser);
  if (oneway) return;
  if (!queue_.add_reply(make_reply({{"cancelled", cancelled}}, false))) return drop();
  serve_soon();
}

// Who sends what cannot be understood gets an error, in its turn, and is dropped.
void Connection::refuse(Object reply) {
  queue_.cancel_all(CancelReason::kCallerGone);
  (void)queue_.add_reply(std::move(reply));
  ending_ = true;
  serve_soon();
}

// The client has said all it has to say; it may still be there to listen (nc -N, socat).
void Connection::await_replies() {
  listens_only_ = true;
  while (serving_ && !ending_ && !hung_up(socket_.native_handle()))
    socket_.async_wait(descriptor_base::wait_error, use_fiber);
  if (serving_ && !ending_) gone();
  ending_ = true;
}

void Connection::gone() {
  ending_ = true;
  queue_.cancel_all(CancelReason::kCallerGone, true);
  outbox_.give_up();
}

void Connection::stop() {
  ending_ = true;
  queue_.cancel_all(CancelReason::kShutdown);
  cancel_waits();
}

void Connection::cancel_waits() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::drop() {
  ending_ = true;
  queue_.cancel_all(CancelReason::kCallerGone);
  outbox_.give_up();
}

void Connection::serve_soon() {
  if (serving_) return;
  try {
    fibers_.spawn("control call", [this](const base::CancelToken&) { serve(); });
    serving_ = true;
  } catch (const std::exception&) {  // no more fibers to be had
    drop();
  }
}

void Connection::serve() {
  try {
    while (CallQueue::Item* item = queue_.front()) {
      answer(*item);
      queue_.pop();
    }
  } catch (const std::exception&) {  // no memory for a reply
    drop();
  }
  serving_ = false;
  if (listens_only_) cancel_waits();
}

void Connection::answer(CallQueue::Item& item) {
  if (item.request) {
    Object reply = run_call(item);
    if (!item.request->oneway) outbox_.deliver(std::move(reply));
    return;
  }
  for (std::uint64_t i = 0; i < item.repeat && !outbox_.broken(); ++i) outbox_.deliver(item.reply);
}

Object Connection::run_call(CallQueue::Item& item) {
  // Who follows and cancels in one breath means what is followed, and that has begun.
  const bool follows = item.request->method == kFollowMethod;
  if (item.cancel.cancelled() && !follows)
    return make_failure({base::ErrorCode::kCancelled, "cancelled before it began", {}, 0, {}});
  const bool more = item.request->more && !item.request->oneway;
  if (!follows && !router_.outlives_caller(*item.request)) return run_own(item, more);
  const SharedCalls::Listener listener = [this, more](const Object& progress) {
    if (more) outbox_.offer(make_reply(progress, true));
  };
  if (follows) return follow(item, listener);
  return shared_.answer(*item.request, listener, item.cancel.token());
}

Object Connection::follow(CallQueue::Item& item, const SharedCalls::Listener& listener) {
  const Object& parameters = item.request->parameters;
  const boost::json::value* id = parameters.if_contains("operation");
  boost::system::error_code failure;
  const auto number = id != nullptr ? id->to_number<std::uint64_t>(failure) : 0;
  if (failure || number == 0 || parameters.size() != 1)
    return make_failure({base::ErrorCode::kInvalidArgument,
                         "Follow takes one 'operation', a number of the snapshot's operations",
                         {},
                         0,
                         {}});
  return shared_.follow(number, listener, item.cancel.token());
}

Object Connection::run_own(CallQueue::Item& item, bool more) {
  // The method may keep `send` for longer than its call lasts.
  const auto outbox = std::make_shared<Outbox*>(&outbox_);
  Call call{item.request->parameters, more, item.cancel.token(), [outbox, more](Object parameters) {
              if (more && *outbox != nullptr)
                (*outbox)->offer(make_reply(std::move(parameters), true));
            }};
  Object reply = router_.answer(*item.request, call);
  *outbox = nullptr;
  return reply;
}

}  // namespace lull::control
