// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

// Cooperative cancellation that crosses threads. (Not std::stop_token: libc++ before 20 lacks it.)
namespace lull::base {

enum class CancelReason : std::uint8_t {
  kNone = 0,
  kUser,            // Ctrl-C, Cancel button
  kConstraintLost,  // the user came back, pressure rose, …
  kDeadline,
  kShutdown,
  kCallerGone,  // nobody waits for the answer any more
};
std::string_view cancel_reason_name(CancelReason reason);

namespace detail {
struct CancelState;
}

// Withdraws its callback when destroyed; after the destructor returns the callback is not running
// (on another thread) and will not run.
class [[nodiscard]] CancelRegistration {
 public:
  CancelRegistration() = default;
  CancelRegistration(std::shared_ptr<detail::CancelState> state, std::uint64_t id);
  CancelRegistration(CancelRegistration&&) noexcept;
  CancelRegistration& operator=(CancelRegistration&&) noexcept;
  ~CancelRegistration();

 private:
  std::shared_ptr<detail::CancelState> state_;
  std::uint64_t id_ = 0;
};

// A copyable view; a default-constructed token is never cancelled. Thread-safe; cancelled() is one
// relaxed-acquire load and may be asked per directory entry.
class CancelToken {
 public:
  CancelToken() = default;
  bool cancelled() const;
  CancelReason reason() const;
  // Calls `callback` once on the cancelling thread, or at once on this one if already cancelled.
  // The callback must not block and must not destroy its own registration.
  CancelRegistration on_cancel(std::function<void()> callback) const;

 private:
  friend class CancelSource;
  explicit CancelToken(std::shared_ptr<detail::CancelState> state) : state_(std::move(state)) {}
  std::shared_ptr<detail::CancelState> state_;
};

// Owns the decision. cancel() is idempotent: the first reason stays. Thread-safe.
class CancelSource {
 public:
  CancelSource();
  // A child: cancelled when the parent is, with the parent's reason.
  explicit CancelSource(const CancelToken& parent);
  CancelToken token() const { return CancelToken(state_); }
  void cancel(CancelReason reason) const;
  bool cancelled() const;

 private:
  std::shared_ptr<detail::CancelState> state_;
  std::shared_ptr<CancelRegistration> from_parent_;
};

}  // namespace lull::base
