// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "agent/control/protocol.h"
#include "agent/control/router.h"
#include "core/base/cancel.h"
#include "core/model/operation_status.h"
#include "scheduler/engine.h"
#include "scheduler/task_group.h"

namespace lull::control {

// Calls that belong to what they do, not to who asked (Router::outlives_caller). Each runs on a
// fiber of its own; callers only listen. Equal calls (method and parameters) are one while it runs:
// whoever comes later sees its progress and has its result.
//
// A caller who is gone leaves, and the call goes on. A caller who cancels ends it, unless others
// listen still; the end of the agent ends it in any case. Who follows a call hears and has the
// same, but is no caller: it keeps nobody from ending the call, and ends it only if nobody else
// waits.
//
// Engine thread.
class SharedCalls {
 public:
  // As many at once; one more is refused with kBusy.
  static constexpr std::size_t kMost = 32;
  using Listener = std::function<void(const Object& progress)>;  // must not wait

  // `router` must outlive it.
  SharedCalls(scheduler::Engine& engine, const Router& router);
  SharedCalls(const SharedCalls&) = delete;
  SharedCalls& operator=(const SharedCalls&) = delete;

  // Begins or joins the call and parks the fiber until it has ended, or the caller leaves it to
  // others (kCancelled). The final reply, an error reply if need be.
  Object answer(const Request& request, const Listener& listener, const base::CancelToken& cancel);

  // Parks the fiber until that call has ended. The reply is its own, wrapped ({"result": …}), or an
  // error reply: kNotFound if it does not go on, kCancelled if it goes on without this follower.
  Object follow(std::uint64_t id, const Listener& listener, const base::CancelToken& cancel);
  std::vector<model::OperationStatus> ongoing() const;

  // Each gives the reply that it has by then.
  void cancel_all(base::CancelReason reason);
  // Waits for the end of all.
  void join() { fibers_.join(); }
  std::size_t size() const { return calls_.size(); }

 private:
  struct One;
  class Listening;

  std::shared_ptr<One> find(const Request& request) const;
  std::shared_ptr<One> begin(const Request& request);
  void run(One& one);
  static Object give_up(One& one, bool others_wait, base::CancelReason reason);

  scheduler::Engine& engine_;
  const Router& router_;
  std::vector<std::shared_ptr<One>> calls_;  // not yet ended
  std::uint64_t last_id_ = 0;
  scheduler::TaskGroup fibers_;  // last: joined before what they use goes
};

}  // namespace lull::control
