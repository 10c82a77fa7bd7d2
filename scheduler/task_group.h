// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "core/base/cancel.h"
#include "scheduler/engine.h"

namespace lull::scheduler {

// Fibers that end together: whoever starts them joins them. The destructor cancels and joins.
// Engine thread only.
class TaskGroup {
 public:
  explicit TaskGroup(Engine& engine, const base::CancelToken& parent = {});
  ~TaskGroup();

  // Starts a fiber (64 KiB guarded stack: no deep recursion, no regex, no big arrays; offload those).
  // An exception that leaves `body` cancels the group and is rethrown by join().
  void spawn(std::string_view name, std::function<void(const base::CancelToken&)> body);
  void cancel(base::CancelReason reason);
  // Waits for all; rethrows the first exception.
  void join();
  std::size_t size() const;  // fibers not yet ended
  base::CancelToken token() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::scheduler
