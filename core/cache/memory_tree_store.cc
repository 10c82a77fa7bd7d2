// SPDX-License-Identifier: MIT
#include "core/cache/memory_tree_store.h"

#include <utility>

#include "core/base/path_text.h"

namespace lull::cache {
namespace {

using Bytes = std::vector<std::byte>;

}  // namespace

class MemoryTreeStore::Tree final : public StoredTree {
 public:
  Tree(TreeSummary summary, std::vector<std::shared_ptr<const Bytes>> pages)
      : StoredTree(std::move(summary)), pages_(std::move(pages)) {}

  const std::vector<std::shared_ptr<const Bytes>>& pages() const { return pages_; }
  std::size_t size() const {
    std::size_t sum = encode_summary(summary()).size();
    for (const auto& page : pages_) sum += page->size();
    return sum;
  }

 private:
  std::span<const std::byte> bytes_of(std::size_t index) const override { return *pages_[index]; }

  const std::vector<std::shared_ptr<const Bytes>> pages_;
};

class MemoryTreeStore::Sink final : public PageSink {
 public:
  Sink(TreeSummary& summary, const Tree* base) : summary_(summary), base_(base) {}

  void add(std::span<const std::byte> page, std::uint32_t rows,
           std::optional<std::size_t> like) override {
    const std::uint64_t checksum = checksum_of(page);
    if (like && base_ != nullptr && base_->summary().pages[*like].checksum == checksum) {
      summary_.pages.push_back(base_->summary().pages[*like]);
      pages.push_back(base_->pages()[*like]);
      return;
    }
    summary_.pages.push_back({summary_.next_page_id++, rows, checksum});
    pages.push_back(std::make_shared<const Bytes>(page.begin(), page.end()));
  }

  std::vector<std::shared_ptr<const Bytes>> pages;

 private:
  TreeSummary& summary_;
  const Tree* const base_;
};

std::shared_ptr<const StoredTree> MemoryTreeStore::find(std::string_view path) {
  const std::lock_guard lock(mutex_);
  for (const auto& tree : trees_)
    if (tree->summary().path == path) return tree;
  return nullptr;
}

bool MemoryTreeStore::put(std::string_view path, const StoredTree* base, const Fill& fill) {
  const std::lock_guard lock(mutex_);
  const Tree* before = nullptr;
  for (const auto& tree : trees_)
    if (tree->summary().path == path) before = tree.get();
  if (base != nullptr &&
      (before == nullptr || before->summary().generation != base->summary().generation))
    return false;
  TreeSummary summary;
  summary.path = path;
  if (before != nullptr) summary.next_page_id = before->summary().next_page_id;
  Sink sink(summary, base != nullptr ? before : nullptr);
  if (!fill(sink, summary)) return false;
  summary.generation = ++generation_;
  auto tree = std::make_shared<const Tree>(std::move(summary), std::move(sink.pages));
  drop([&](const TreeSummary& other) {
    return other.path == path ||
           (other.device == tree->summary().device && base::is_below(other.path, path));
  });
  if (tree->size() > capacity_) return false;
  bytes_ += tree->size();
  trees_.push_front(std::move(tree));
  for (; bytes_ > capacity_; ++evictions_) {
    bytes_ -= trees_.back()->size();
    trees_.pop_back();
  }
  return true;
}

void MemoryTreeStore::erase(std::string_view path) {
  const std::lock_guard lock(mutex_);
  drop([&](const TreeSummary& tree) { return base::is_at_or_below(tree.path, path); });
}

void MemoryTreeStore::drop(const std::function<bool(const TreeSummary&)>& unwanted) {
  std::erase_if(trees_, [&](const auto& tree) {
    if (!unwanted(tree->summary())) return false;
    bytes_ -= tree->size();
    return true;
  });
}

TreeStore::Stats MemoryTreeStore::stats() {
  const std::lock_guard lock(mutex_);
  return {trees_.size(), bytes_, evictions_};
}

}  // namespace lull::cache
