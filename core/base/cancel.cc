// SPDX-License-Identifier: MIT
#include "core/base/cancel.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace lull::base {

namespace detail {

struct CancelState {
  std::atomic<CancelReason> reason{CancelReason::kNone};
  std::mutex mutex;
  std::condition_variable callback_done;
  std::map<std::uint64_t, std::function<void()>> callbacks;
  std::uint64_t next_id = 1;
  std::uint64_t running_id = 0;  // the callback being called now
  std::thread::id running_on;

  void cancel(CancelReason why) {
    CancelReason expected = CancelReason::kNone;
    if (!reason.compare_exchange_strong(expected, why, std::memory_order_acq_rel)) return;
    std::unique_lock lock(mutex);
    while (!callbacks.empty()) {
      auto node = callbacks.extract(callbacks.begin());
      running_id = node.key();
      running_on = std::this_thread::get_id();
      lock.unlock();
      node.mapped()();
      lock.lock();
      running_id = 0;
      callback_done.notify_all();
    }
  }

  void withdraw(std::uint64_t id) {
    std::unique_lock lock(mutex);
    callbacks.erase(id);
    if (running_id == id && running_on == std::this_thread::get_id()) return;
    callback_done.wait(lock, [&] { return running_id != id; });
  }
};

}  // namespace detail

std::string_view cancel_reason_name(CancelReason reason) {
  switch (reason) {
    case CancelReason::kNone:
      return "none";
    case CancelReason::kUser:
      return "user";
    case CancelReason::kConstraintLost:
      return "constraint-lost";
    case CancelReason::kDeadline:
      return "deadline";
    case CancelReason::kShutdown:
      return "shutdown";
    case CancelReason::kCallerGone:
      return "caller-gone";
  }
  return "none";
}

CancelRegistration::CancelRegistration(std::shared_ptr<detail::CancelState> state, std::uint64_t id)
    : state_(std::move(state)), id_(id) {}
CancelRegistration::CancelRegistration(CancelRegistration&& other) noexcept
    : state_(std::move(other.state_)), id_(other.id_) {}
CancelRegistration& CancelRegistration::operator=(CancelRegistration&& other) noexcept {
  if (this == &other) return *this;
  if (state_) state_->withdraw(id_);
  state_ = std::move(other.state_);
  id_ = other.id_;
  return *this;
}
CancelRegistration::~CancelRegistration() {
  if (state_) state_->withdraw(id_);
}

bool CancelToken::cancelled() const { return reason() != CancelReason::kNone; }
CancelReason CancelToken::reason() const {
  return state_ ? state_->reason.load(std::memory_order_acquire) : CancelReason::kNone;
}

CancelRegistration CancelToken::on_cancel(std::function<void()> callback) const {
  if (!state_) return {};
  {
    std::lock_guard lock(state_->mutex);
    if (!cancelled()) {
      const std::uint64_t id = state_->next_id++;
      state_->callbacks.emplace(id, std::move(callback));
      return {state_, id};
    }
  }
  callback();
  return {};
}

CancelSource::CancelSource() : state_(std::make_shared<detail::CancelState>()) {}
CancelSource::CancelSource(const CancelToken& parent) : CancelSource() {
  from_parent_ = std::make_shared<CancelRegistration>(
      parent.on_cancel([state = std::weak_ptr(state_), parent] {
        if (auto child = state.lock()) child->cancel(parent.reason());
      }));
}
void CancelSource::cancel(CancelReason reason) const { state_->cancel(reason); }
bool CancelSource::cancelled() const { return token().cancelled(); }

}  // namespace lull::base
