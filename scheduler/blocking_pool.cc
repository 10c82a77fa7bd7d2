// SPDX-License-Identifier: MIT
#include <chrono>
#include <utility>

#include "scheduler/executor.h"
#include "scheduler/thread_crew.h"

namespace lull::scheduler {

namespace {

detail::ThreadCrew::Options crew_of(const char* name, unsigned threads) {
  return {
      .name = name, .threads = threads == 0 ? 1 : threads, .stack_bytes = std::size_t{256} * 1024};
}

}  // namespace

struct BlockingPool::Impl {
  detail::ThreadCrew crew;
};

BlockingPool::BlockingPool(unsigned threads)
    : impl_(new Impl{.crew = detail::ThreadCrew(crew_of("lull-block", threads))}) {}
BlockingPool::~BlockingPool() = default;

void BlockingPool::submit(std::function<void()> work) { impl_->crew.submit(std::move(work)); }

struct PatientPool::Impl {
  detail::ThreadCrew crew;
};

PatientPool::PatientPool(unsigned threads)
    : impl_(new Impl{.crew = detail::ThreadCrew(crew_of("lull-patient", threads))}) {}

PatientPool::~PatientPool() {
  if (!impl_->crew.ends_within(std::chrono::seconds(1))) (void)impl_.release();
}

void PatientPool::submit(std::function<void()> work) { impl_->crew.submit(std::move(work)); }

}  // namespace lull::scheduler
