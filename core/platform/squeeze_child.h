// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include <sys/types.h>

#include "core/base/result.h"

namespace lull::platform {

// A process of its own that takes memory and gives it back at once, so that the kernel gives cache
// up for it. The first that the kernel ends when memory is short (oom_score_adj 1000), and ended
// with whoever started it. One thread at a time; the destructor ends and reaps it.
class SqueezeChild {
 public:
  virtual ~SqueezeChild() = default;
  virtual pid_t pid() const = 0;
  // Touches every page of `bytes` of new memory and gives all of it back. `may_go_on` is asked
  // every 10 ms; once it says no, the process is ended (kCancelled) and is of no more use. Blocks.
  virtual base::Status squeeze(std::uint64_t bytes, const std::function<bool()>& may_go_on) = 0;
};

// kUnavailable on other systems, and where the child cannot be made the first to be ended.
base::Result<std::unique_ptr<SqueezeChild>> start_squeeze_child();

}  // namespace lull::platform
