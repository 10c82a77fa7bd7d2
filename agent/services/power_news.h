// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "scheduler/engine.h"

namespace lull::agent {

// Notices at once that the machine has lost its mains, or has them back, while it listens: a job
// that may run on mains only then ends without waiting for the next reading. Listens only while
// told to, since every event of a device wakes it. Where nothing can be heard it notices nothing,
// and readings tell two seconds later. Engine thread.
class PowerNews {
 public:
  // `open` gives the descriptor of platform::open_power_events(). `changed` is called on a fiber;
  // must not wait.
  PowerNews(scheduler::Engine& engine, std::function<base::Result<base::UniqueFd>()> open,
            std::function<void()> changed);
  ~PowerNews();

  void listen(bool on);  // to be called on a fiber
  bool listening() const { return listener_ != nullptr; }
  // Of changes that were heard so far: a reading that is older than the last is too old.
  std::uint64_t changes() const { return changes_; }

 private:
  class Listener;
  scheduler::Engine& engine_;
  const std::function<base::Result<base::UniqueFd>()> open_;
  const std::function<void()> changed_;
  std::uint64_t changes_ = 0;
  bool deaf_ = false;  // it was tried
  std::unique_ptr<Listener> listener_;
};

}  // namespace lull::agent
