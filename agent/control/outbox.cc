// SPDX-License-Identifier: MIT
#include "agent/control/outbox.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

#include <boost/json/serializer.hpp>
#include <sys/socket.h>

#include "agent/control/unix_socket.h"
#include "core/base/cancel.h"

namespace lull::control {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kTolerance = std::chrono::seconds(1);
constexpr std::size_t kPieceBytes = std::size_t{16} * 1024;
// So many pieces in one go; then others have their turn.
constexpr int kPiecesPerTurn = 16;

}  // namespace

struct Outbox::Writing {
  explicit Writing(Object object) : message(std::move(object)) { text.reset(&message); }

  // The next bytes to be sent; empty at the end.
  std::string_view unsent() {
    if (rest.empty() && !text.done()) {
      const auto piece = text.read(buffer.data(), buffer.size());
      rest = {piece.data(), piece.size()};
    }
    if (rest.empty() && !std::exchange(ended, true)) rest = std::string_view("\0", 1);
    return rest;
  }

  Object message;
  boost::json::serializer text;
  std::array<char, kPieceBytes> buffer;
  std::string_view rest;
  bool ended = false;
};

Outbox::Outbox(scheduler::Engine& engine, boost::asio::posix::stream_descriptor& socket,
               scheduler::TaskGroup& fibers)
    : engine_(engine), socket_(socket), fibers_(fibers), drained_(engine) {}
Outbox::~Outbox() = default;

void Outbox::offer(Object message) {
  if (broken_) return;
  latest_ = std::move(message);
  if (draining_ || push() == Progress::kDone) return;
  draining_ = true;
  drained_.reset();
  try {
    fibers_.spawn("control writer", [this](const base::CancelToken&) { drain(); });
  } catch (const std::exception&) {
    draining_ = false;  // no more fibers to be had: the next message pushes this one, too
  }
}

bool Outbox::deliver(Object message) {
  if (broken_) return false;
  final_ = std::move(message);
  if (draining_) {
    drained_.wait();
    return !broken_;
  }
  draining_ = true;
  drained_.reset();
  drain();
  return !broken_;
}

void Outbox::give_up() {
  broken_ = true;
  latest_.reset();
  final_.reset();
  ::shutdown(socket_.native_handle(), SHUT_RDWR);
}

bool Outbox::take_next() {
  std::optional<Object>& next = latest_ ? latest_ : final_;
  if (!next) return false;
  current_ = std::make_unique<Writing>(*std::exchange(next, std::nullopt));
  return true;
}

// Gives the kernel what it takes without waiting.
Outbox::Progress Outbox::push() {
  for (int piece = 0; piece < kPiecesPerTurn; ++piece) {
    if (broken_) return Progress::kBroken;
    if (!current_ && !take_next()) return Progress::kDone;
    const std::string_view unsent = current_->unsent();
    if (unsent.empty()) {
      current_.reset();
      continue;
    }
    const ssize_t sent = send_some(socket_.native_handle(), unsent);
    if (sent >= 0) {
      current_->rest.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      return Progress::kBlocked;
    } else if (errno != EINTR) {
      give_up();
    }
  }
  return Progress::kMore;
}

void Outbox::drain() {
  try {
    push_all();
  } catch (const std::exception&) {  // no memory for the text
    give_up();
  }
  current_.reset();
  draining_ = false;
  drained_.set();
}

void Outbox::push_all() {
  for (Progress progress = push(); progress != Progress::kDone && progress != Progress::kBroken;
       progress = push()) {
    if (progress == Progress::kBlocked) {
      wait_writable();
    } else {
      engine_.yield();
    }
  }
}

// The descriptor ends the sleep; if it does not, the client does not read.
void Outbox::wait_writable() {
  const base::CancelSource writable;
  socket_.async_wait(
      boost::asio::posix::descriptor_base::wait_write,
      [writable](const boost::system::error_code&) { writable.cancel(base::CancelReason::kUser); });
  if (engine_.sleep_for(kPatience, kTolerance, writable.token()) == scheduler::Wake::kDue)
    give_up();
}

}  // namespace lull::control
