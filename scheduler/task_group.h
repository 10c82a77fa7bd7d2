// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
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

  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts a fiber (64 KiB guarded stack: no deep recursion, no regex, no big arrays; offload
  // those). An exception that leaves `body` cancels the group (kShutdown) and is rethrown by
  // join(). In a cancelled group `body` still runs and finds its token cancelled. Throws
  // std::runtime_error if 2000 fibers run on the engine or there is no memory for a stack.
  void spawn(std::string_view name, std::function<void(const base::CancelToken&)> body);
  void cancel(base::CancelReason reason);
  // Waits for all; rethrows the first exception. The group can then be used again, with a fresh
  // token.
  void join();
  std::size_t size() const;  // fibers not yet ended
  base::CancelToken token() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::scheduler
