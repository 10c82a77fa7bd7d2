// SPDX-License-Identifier: MIT
#include "agent/tray/wish_queue.h"

namespace lull::agent::tray {
namespace {

constexpr std::size_t kMostRequests = 8;

}  // namespace

void WishQueue::start() {
  group_.spawn("wishes", [this](const base::CancelToken& cancel) { fulfil(cancel); });
}

void WishQueue::stop() {
  group_.cancel(base::CancelReason::kShutdown);
  group_.join();
  requests_.clear();
}

void WishQueue::ask(const TrayRequest& request) {
  if (requests_.size() >= kMostRequests) return;
  requests_.push_back(request);
  wished_.set();
}

void WishQueue::fulfil(const base::CancelToken& cancel) {
  while (!cancel.cancelled()) {
    wished_.reset();
    while (!requests_.empty() && !cancel.cancelled()) {
      const TrayRequest request = requests_.front();
      requests_.pop_front();
      act_(request);
    }
    if (!wished_.is_set()) wished_.wait(cancel);
  }
}

}  // namespace lull::agent::tray
