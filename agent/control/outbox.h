// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "agent/control/method.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/task_group.h"

namespace lull::control {

// Writes messages to one client, without ever keeping more than three: the one that the kernel
// has taken in part, the newest intermediate reply, and the final one. Messages become text piece
// by piece, so that a long one neither holds the engine nor is in memory twice.
//
// A client that takes nothing for 10 s while something is due, or is gone, breaks it: the socket is
// shut down (which its reader notices), and whatever comes later is dropped.
//
// Engine thread.
class Outbox {
 public:
  // `fibers` runs what must wait when the client does not read; joined before this object ends. (It
  // is not used before the first message.)
  Outbox(scheduler::Engine& engine, boost::asio::posix::stream_descriptor& socket,
         scheduler::TaskGroup& fibers);
  ~Outbox();

  // An intermediate reply. Never waits; replaces the one before if that has not begun to go out.
  void offer(Object message);
  // A final reply, after what was offered before. On a fiber; waits until the kernel has all of it.
  // One at a time. False if the client is gone.
  bool deliver(Object message);
  // Breaks it now.
  void give_up();
  bool broken() const { return broken_; }

 private:
  struct Writing;
  enum class Progress { kDone, kMore, kBlocked, kBroken };

  Progress push();
  bool take_next();
  void drain();
  void push_all();
  void wait_writable();

  scheduler::Engine& engine_;
  boost::asio::posix::stream_descriptor& socket_;
  scheduler::TaskGroup& fibers_;
  std::unique_ptr<Writing> current_;
  std::optional<Object> latest_, final_;
  bool draining_ = false;  // a fiber is at it
  scheduler::Event drained_;
  bool broken_ = false;
};

}  // namespace lull::control
