// SPDX-License-Identifier: MIT
#include <algorithm>
#include <thread>

#include "scheduler/compute_side.h"
#include "scheduler/executor.h"

namespace lull::scheduler {

struct ComputePool::Impl {
  explicit Impl(unsigned slots) : width(slots), background(slots, true), foreground(slots, false) {}
  const unsigned width;
  detail::ComputeSide background;
  detail::ComputeSide foreground;
};

ComputePool::ComputePool(unsigned width)
    : impl_(std::make_unique<Impl>(width == 0 ? std::max(1U, std::thread::hardware_concurrency())
                                              : width)) {}
ComputePool::~ComputePool() = default;

Executor& ComputePool::background() { return impl_->background; }
Executor& ComputePool::foreground() { return impl_->foreground; }
unsigned ComputePool::width() const { return impl_->width; }

void ComputePool::shed() {
  impl_->background.shed();
  impl_->foreground.shed();
}

}  // namespace lull::scheduler
