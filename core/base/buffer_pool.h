// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace lull::base {

// Lends buffers of one size to who copies files and keeps a few for the next one. Emptied first
// under memory pressure. Thread-safe; must outlive what it lent.
class BufferPool {
 public:
  // Gives its buffer back when destroyed.
  class Lease {
   public:
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    std::byte* data() const { return buffer_.get(); }
    std::size_t size() const { return pool_->buffer_bytes_; }

   private:
    friend class BufferPool;
    Lease(BufferPool* pool, std::unique_ptr<std::byte[]> buffer)
        : pool_(pool), buffer_(std::move(buffer)) {}
    BufferPool* pool_;
    std::unique_ptr<std::byte[]> buffer_;
  };

  // Keeps at most `capacity` idle buffers of `buffer_bytes` each.
  BufferPool(std::size_t buffer_bytes, std::size_t capacity);
  Lease take();
  // Idle buffers beyond it are freed at once.
  void set_capacity(std::size_t capacity);
  // Frees every idle buffer; returns the bytes that gave back to the heap.
  std::size_t shed();
  std::size_t idle_buffers() const;

 private:
  void give_back(std::unique_ptr<std::byte[]> buffer);

  const std::size_t buffer_bytes_;
  mutable std::mutex mutex_;
  std::size_t capacity_;
  std::vector<std::unique_ptr<std::byte[]>> idle_;
};

}  // namespace lull::base
