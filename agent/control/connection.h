// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string_view>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "agent/control/call_queue.h"
#include "agent/control/framing.h"
#include "agent/control/outbox.h"
#include "agent/control/router.h"
#include "agent/control/shared_calls.h"
#include "core/base/unique_fd.h"
#include "scheduler/engine.h"
#include "scheduler/task_group.h"

namespace lull::control {

// One client from its first byte to its last reply. Always reads, so that Cancel and the client's
// end are seen while a call runs; runs its calls one after the other, on a fiber that is there only
// while there are any.
//
// Engine thread.
class Connection {
 public:
  // `scratch` is read into and shared by all connections: nothing is left in it when a fiber waits.
  Connection(scheduler::Engine& engine, const Router& router, SharedCalls& shared,
             std::span<char> scratch,
             base::UniqueFd socket);  // throws if there is no room in the event loop
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // On a fiber. Returns when the client is gone (or has been dropped) and all its calls have ended
  // but those that outlive it.
  void run();
  // Reads no more, cancels the calls, lets their replies out; run() returns then.
  void stop();
  // As if the client had gone.
  void drop();

 private:
  void read();
  void read_once();
  void take(std::string_view text);
  void refuse(Object reply);
  void cancel_earlier(bool oneway);
  void await_replies();
  void gone();
  void cancel_waits();

  void serve_soon();
  void serve();
  void answer(CallQueue::Item& item);
  Object run_call(CallQueue::Item& item);
  Object run_own(CallQueue::Item& item, bool more);
  Object follow(CallQueue::Item& item, const SharedCalls::Listener& listener);

  const Router& router_;
  SharedCalls& shared_;
  const std::span<char> scratch_;
  boost::asio::posix::stream_descriptor socket_;
  FrameReader frames_;
  CallQueue queue_;
  Outbox outbox_;
  bool ending_ = false;          // nothing more is read
  bool listens_only_ = false;    // the client will send no more
  bool serving_ = false;         // the fiber that answers is there
  scheduler::TaskGroup fibers_;  // last: joined before what they use goes
};

}  // namespace lull::control
