// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>

#include "agent/notify/notice.h"

namespace lull::agent::notify {

// Notices of macOS: UNUserNotificationCenter, which asks the person once whether it may. A program
// outside of an app bundle has none; they are dropped then. Any thread.
class MacNotices {
 public:
  // `clicked` is called on a thread of the system's when a person clicks on one; must not wait.
  explicit MacNotices(std::function<void()> clicked);
  ~MacNotices();  // `clicked` is not called any more
  MacNotices(const MacNotices&) = delete;
  MacNotices& operator=(const MacNotices&) = delete;

  // In the place of the one before on its topic. `answered` is called once, here or on a thread of
  // the system's; must not wait.
  void post(const Notice& notice, Answered answered);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::agent::notify
