// SPDX-License-Identifier: MIT
#include "core/base/buffer_pool.h"

#include <utility>

namespace lull::base {

BufferPool::BufferPool(std::size_t buffer_bytes, std::size_t capacity)
    : buffer_bytes_(buffer_bytes), capacity_(capacity) {}

BufferPool::Lease::~Lease() {
  if (buffer_) pool_->give_back(std::move(buffer_));
}

BufferPool::Lease BufferPool::take() {
  std::unique_ptr<std::byte[]> buffer;
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      buffer = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!buffer) buffer = std::make_unique_for_overwrite<std::byte[]>(buffer_bytes_);
  return {this, std::move(buffer)};
}

void BufferPool::set_capacity(std::size_t capacity) {
  std::vector<std::unique_ptr<std::byte[]>> freed;
  const std::lock_guard lock(mutex_);
  capacity_ = capacity;
  for (; idle_.size() > capacity_; idle_.pop_back()) freed.push_back(std::move(idle_.back()));
}

std::size_t BufferPool::shed() {
  std::vector<std::unique_ptr<std::byte[]>> freed;
  {
    std::lock_guard lock(mutex_);
    freed.swap(idle_);
  }
  return freed.size() * buffer_bytes_;
}

std::size_t BufferPool::idle_buffers() const {
  std::lock_guard lock(mutex_);
  return idle_.size();
}

void BufferPool::give_back(std::unique_ptr<std::byte[]> buffer) {
  std::lock_guard lock(mutex_);
  if (idle_.size() < capacity_) idle_.push_back(std::move(buffer));
}

}  // namespace lull::base
