// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

namespace lull::base {

// A bounded map that drops the least recently used entry. One thread at a time. Capacity 0 keeps
// nothing.
template <class Key, class Value>
class LruCache {
 public:
  explicit LruCache(std::size_t capacity) : capacity_(capacity) {}
  LruCache(const LruCache&) = delete;
  LruCache& operator=(const LruCache&) = delete;

  // The value, now the most recently used, or null. Valid until the next change. Counts.
  Value* get(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) {
      ++misses_;
      return nullptr;
    }
    ++hits_;
    order_.splice(order_.begin(), order_, found->second);
    return &found->second->second;
  }
  // Without counting or moving.
  const Value* peek(const Key& key) const {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &found->second->second;
  }
  void put(const Key& key, Value value) {
    if (const auto found = index_.find(key); found != index_.end()) {
      found->second->second = std::move(value);
      order_.splice(order_.begin(), order_, found->second);
      return;
    }
    order_.emplace_front(key, std::move(value));
    index_.emplace(key, order_.begin());
    evict();
  }
  bool erase(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return false;
    order_.erase(found->second);
    index_.erase(found);
    return true;
  }
  // Erases every entry for which predicate(key, value); returns how many.
  template <class Predicate>
  std::size_t erase_if(Predicate predicate) {
    std::size_t erased = 0;
    for (auto entry = order_.begin(); entry != order_.end();) {
      if (!predicate(entry->first, entry->second)) {
        ++entry;
        continue;
      }
      index_.erase(entry->first);
      entry = order_.erase(entry);
      ++erased;
    }
    return erased;
  }
  void resize(std::size_t capacity) {
    capacity_ = capacity;
    evict();
  }
  void clear() {
    order_.clear();
    // A new table: clear() alone keeps the buckets.
    index_ = decltype(index_)();
  }

  std::size_t size() const { return order_.size(); }
  std::size_t capacity() const { return capacity_; }
  std::uint64_t hits() const { return hits_; }
  std::uint64_t misses() const { return misses_; }
  std::uint64_t evictions() const { return evictions_; }
  // Most recently used first, as pairs of key and value.
  auto begin() const { return order_.begin(); }
  auto end() const { return order_.end(); }

 private:
  using Order = std::list<std::pair<const Key, Value>>;

  void evict() {
    while (order_.size() > capacity_) {
      index_.erase(order_.back().first);
      order_.pop_back();
      ++evictions_;
    }
  }

  std::size_t capacity_;
  Order order_;
  std::unordered_map<Key, typename Order::iterator> index_;
  std::uint64_t hits_ = 0, misses_ = 0, evictions_ = 0;
};

}  // namespace lull::base
