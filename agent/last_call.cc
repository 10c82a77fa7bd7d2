// SPDX-License-Identifier: MIT
#include "agent/last_call.h"

#include <system_error>
#include <utility>

namespace lull::agent {

LastCall::LastCall(Limits limits, std::function<void(Said)> leave)
    : limits_(limits), leave_(std::move(leave)) {}

LastCall::~LastCall() {
  if (!thread_) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_->join();
}

void LastCall::begin() {
  try {
    thread_.emplace([this] { watch(); });
  } catch (const std::system_error&) {
    // The end is then as late as the latest of all.
  }
}

void LastCall::durable() {
  {
    const std::lock_guard lock(mutex_);
    durable_ = true;
  }
  changed_.notify_all();
}

void LastCall::watch() {
  const auto begun = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, begun + limits_.durable, [this] { return over_; });
  changed_.wait_until(lock, begun + limits_.any, [this] { return over_ || durable_; });
  if (over_) return;
  const Said said = durable_ ? Said::kNothingLost : Said::kNotSaved;
  lock.unlock();
  leave_(said);
}

}  // namespace lull::agent
