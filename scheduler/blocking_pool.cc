// SPDX-License-Identifier: MIT
#include <utility>

#include "scheduler/executor.h"
#include "scheduler/thread_crew.h"

namespace lull::scheduler {

struct BlockingPool::Impl {
  detail::ThreadCrew crew;
};

BlockingPool::BlockingPool(unsigned threads)
    : impl_(new Impl{.crew = detail::ThreadCrew({.name = "lull-block",
                                                 .threads = threads == 0 ? 1 : threads,
                                                 .stack_bytes = std::size_t{256} * 1024})}) {}
BlockingPool::~BlockingPool() = default;

void BlockingPool::submit(std::function<void()> work) { impl_->crew.submit(std::move(work)); }

}  // namespace lull::scheduler
