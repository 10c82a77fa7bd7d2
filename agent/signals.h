// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/base/cancel.h"
#include "scheduler/engine.h"

namespace lull::agent {

// Turns signals into engine events. While it lives the signals named do nothing else. Engine
// thread.
class Signals {
 public:
  Signals(scheduler::Engine& engine, const std::vector<int>& numbers);
  ~Signals();
  // Parks the calling fiber until one of them arrives; nullopt after stop().
  std::optional<int> wait();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// For the command line, which has no engine: cancels a source on the first SIGINT or SIGTERM; the
// second one ends the program the ordinary way. One at a time in a program.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();  // ordinary signal handling again
  base::CancelToken token() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::agent
