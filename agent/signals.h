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
  void stop();  // for good

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Turns the first SIGINT or SIGTERM into an engine event; the second one, of either kind, ends the
// program the ordinary way, whatever the engine is doing then. One at a time in a program, and not
// together with an InterruptGuard. Engine thread.
class EndSignals {
 public:
  // Throws boost::system::system_error without a descriptor to be had.
  explicit EndSignals(scheduler::Engine& engine);
  ~EndSignals();  // ordinary signal handling again
  // Parks the calling fiber until the first one arrives and says which; nullopt after stop().
  std::optional<int> wait();
  void stop();  // for good

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// For the command line, which has no engine: cancels a source on the first SIGINT or SIGTERM; the
// second one, of either kind, ends the program the ordinary way. One at a time in a program.
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
