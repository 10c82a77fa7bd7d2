// SPDX-License-Identifier: MIT
#include "agent/control/call_queue.h"

#include <string>
#include <utility>

namespace lull::control {

std::size_t CallQueue::waiting() const {
  const bool front_is_call = !items_.empty() && items_.front().request;
  return calls_ - (front_is_call ? 1 : 0);
}

bool CallQueue::add_call(Request request, std::size_t bytes) {
  const bool full = waiting() >= kMostWaiting || (calls_ > 0 && bytes_ + bytes > kMostWaitingBytes);
  if (full) {
    if (request.oneway) return true;
    return add_reply(make_failure({base::ErrorCode::kBusy,
                                   std::to_string(kMostWaiting) + " calls, or " +
                                       std::to_string(kMostWaitingBytes) +
                                       " bytes of them, wait on this connection already",
                                   {},
                                   0,
                                   {}}));
  }
  if (items_.size() >= kMostItems) return false;
  Item item;
  item.request = std::move(request);
  item.bytes = bytes;
  items_.push_back(std::move(item));
  ++calls_;
  bytes_ += bytes;
  return true;
}

// The front is being sent and must not change.
bool CallQueue::add_reply(Object reply) {
  if (items_.size() > 1 && !items_.back().request && items_.back().reply == reply) {
    ++items_.back().repeat;
    return true;
  }
  if (items_.size() >= kMostItems) return false;
  Item item;
  item.reply = std::move(reply);
  items_.push_back(std::move(item));
  return true;
}

std::size_t CallQueue::cancel_all(base::CancelReason reason, bool spare_oneway) {
  std::size_t cancelled = 0;
  for (const Item& item : items_) {
    if (!item.request || (spare_oneway && item.request->oneway) || item.cancel.cancelled())
      continue;
    item.cancel.cancel(reason);
    ++cancelled;
  }
  return cancelled;
}

void CallQueue::pop() {
  if (items_.front().request) {
    --calls_;
    bytes_ -= items_.front().bytes;
  }
  items_.pop_front();
}

}  // namespace lull::control
