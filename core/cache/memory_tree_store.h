// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "core/cache/tree_store.h"

namespace lull::cache {

// Rows in memory, at most `capacity_bytes` of them, the tree longest not written out first: what is
// left when there is no disk to write to.
class MemoryTreeStore final : public TreeStore {
 public:
  explicit MemoryTreeStore(std::size_t capacity_bytes) : capacity_(capacity_bytes) {}

  std::shared_ptr<const StoredTree> find(std::string_view path) override;
  bool put(std::string_view path, const StoredTree* base, const Fill& fill) override;
  void erase(std::string_view path) override;
  Stats stats() override;

 private:
  class Tree;
  class Sink;
  void drop(const std::function<bool(const TreeSummary&)>& unwanted);

  std::mutex mutex_;
  const std::size_t capacity_;
  std::list<std::shared_ptr<const Tree>> trees_;  // latest first
  std::uint64_t generation_ = 0, evictions_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace lull::cache
