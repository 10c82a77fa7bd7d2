// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstdint>
#include <string_view>

// How far an operation is. Workers of any thread add to it with relaxed atomics; the engine and the
// command line read it when they want to show it. Values never go back.
namespace lull::base {

// A copy at one moment. total_* are 0 while unknown.
struct ProgressSnapshot {
  std::string_view stage;  // a string literal: "walking", "moving", …
  std::uint64_t done_items = 0, total_items = 0;
  std::uint64_t done_bytes = 0, total_bytes = 0;
};

// Thread-safe; one writer per stage change, any number of adders.
class Progress {
 public:
  // `stage` must outlive the object: pass a literal. Counters go on across stages.
  void enter(const char* stage) { stage_.store(stage, std::memory_order_release); }
  void add(std::uint64_t items, std::uint64_t bytes) {
    items_.fetch_add(items, std::memory_order_relaxed);
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  // What is expected in all; may be called again with a better estimate.
  void expect(std::uint64_t items, std::uint64_t bytes) {
    total_items_.store(items, std::memory_order_relaxed);
    total_bytes_.store(bytes, std::memory_order_relaxed);
  }
  ProgressSnapshot snapshot() const {
    const char* stage = stage_.load(std::memory_order_acquire);
    return {stage, items_.load(std::memory_order_relaxed),
            total_items_.load(std::memory_order_relaxed), bytes_.load(std::memory_order_relaxed),
            total_bytes_.load(std::memory_order_relaxed)};
  }

 private:
  std::atomic<const char*> stage_{""};
  std::atomic<std::uint64_t> items_{0}, bytes_{0}, total_items_{0}, total_bytes_{0};
};

}  // namespace lull::base
