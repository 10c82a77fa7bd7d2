// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "agent/control/method.h"
#include "agent/control/protocol.h"
#include "core/base/cancel.h"

namespace lull::control {

// What one client is owed, in the order in which it asked: calls to be run, and replies that are
// known already (refusals, Cancel's own). Bounded however much the client sends: calls by number
// and bytes, equal replies are counted. The front is what is being answered right now.
//
// Engine thread.
class CallQueue {
 public:
  static constexpr std::size_t kMostWaiting = 16;
  static constexpr std::size_t kMostWaitingBytes = kMaxMessageBytes;
  static constexpr std::size_t kMostItems = 256;

  struct Item {
    std::optional<Request> request;  // nullopt: `reply` is known
    base::CancelSource cancel;       // of the request
    std::size_t bytes = 0;           // of its text
    Object reply;
    std::uint64_t repeat = 1;  // that often
  };

  // Where there is no room, an error takes the call's place (none if it is `oneway`). `bytes` is
  // the length of its text. False if so much is unanswered that the client should be dropped.
  bool add_call(Request request, std::size_t bytes);
  bool add_reply(Object reply);

  // Cancels every call in it, the front too; those not begun yet will find their token cancelled.
  // Returns how many there were. `spare_oneway`: who wants no reply need not be there at the end.
  std::size_t cancel_all(base::CancelReason reason, bool spare_oneway = false);

  // Null if nobody waits. Stays valid and in place until pop().
  Item* front() { return items_.empty() ? nullptr : &items_.front(); }
  void pop();
  bool empty() const { return items_.empty(); }

 private:
  std::size_t waiting() const;

  std::deque<Item> items_;
  std::size_t calls_ = 0;  // in items_
  std::size_t bytes_ = 0;  // of calls
};

}  // namespace lull::control
