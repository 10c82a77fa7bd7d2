// SPDX-License-Identifier: MIT
#include "agent/presence/bus_pump.h"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "agent/presence/sdbus_compat.h"
#include "scheduler/cancels_io.h"
#include "scheduler/use_fiber.h"

namespace lull::agent::presence {
namespace {

using boost::asio::posix::stream_descriptor;

// Messages handled in a row before others get their turn.
constexpr int kBatch = 32;

}  // namespace

struct BusPump::Impl : std::enable_shared_from_this<Impl> {
  Impl(scheduler::Engine& its_engine, sdbus::IConnection& its_connection)
      : engine(its_engine),
        connection(its_connection),
        descriptor(engine.io()),
        timer(engine.io()) {}

  void stop_waiting() {
    boost::system::error_code ignored;
    descriptor.cancel(ignored);
  }

  // Handles what has come; false once nothing is left.
  base::Result<bool> handle_some() {
    for (int count = 0; count < kBatch; ++count) {
      auto handled = compat::process_one(connection);
      if (!handled || !*handled) return handled;
    }
    return true;
  }

  // libsystemd's time-outs are of CLOCK_MONOTONIC, so this one is real whatever the engine's time.
  void start_timer(std::chrono::microseconds after) {
    timer.expires_after(after);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& stopped) {
      if (!stopped) self->stop_waiting();
    });
  }

  // Parks until there may be something to do.
  base::Status wait() {
    const auto what = compat::what_to_wait_for(connection);
    if (!what) return tl::unexpected(what.error());
    if (!descriptor.is_open()) descriptor.assign(what->fd);
    if (what->at_most) start_timer(*what->at_most);
    const auto event =
        what->for_writing ? stream_descriptor::wait_write : stream_descriptor::wait_read;
    const auto [error] = descriptor.async_wait(event, scheduler::use_fiber);
    if (what->at_most) timer.cancel();
    if (!error || error == boost::asio::error::operation_aborted) return {};
    return base::fail_errno(error.value(), {}, "waiting for the message bus");
  }

  base::Status run(const base::CancelToken& cancel) {
    while (!cancel.cancelled()) {
      const auto more = handle_some();
      if (!more) return tl::unexpected(more.error());
      if (cancel.cancelled()) break;
      if (*more) {
        engine.yield();
      } else {
        LULL_TRY(wait());
      }
    }
    return {};
  }

  scheduler::Engine& engine;
  sdbus::IConnection& connection;
  stream_descriptor descriptor;  // the connection's socket, lent, once it has been waited for
  boost::asio::steady_timer timer;
};

BusPump::BusPump(scheduler::Engine& engine, sdbus::IConnection& connection)
    : impl_(std::make_shared<Impl>(engine, connection)) {}

BusPump::~BusPump() {
  impl_->timer.cancel();
  if (impl_->descriptor.is_open()) impl_->descriptor.release();  // the connection closes it
}

base::Status BusPump::run(const base::CancelToken& cancel) {
  const scheduler::CancelsIo cancels(impl_->engine, cancel, [this] { impl_->stop_waiting(); });
  return impl_->run(cancel);
}

void BusPump::poke() { impl_->stop_waiting(); }

}  // namespace lull::agent::presence
