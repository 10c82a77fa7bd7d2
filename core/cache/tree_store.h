// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cache/rollup.h"
#include "core/cache/tree_page.h"

// Where the rows of measured trees are kept, by the path of the tree's root.
namespace lull::cache {

// What is known of a whole tree without its rows.
struct TreeSummary {
  struct Page {
    std::uint32_t id = 0;
    std::uint32_t rows = 0;
    std::uint64_t checksum = 0;
  };
  std::string path;  // normal_path() of the root
  std::uint64_t device = 0, inode = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;  // of the root
  TreeTotals totals;
  std::int64_t written_ms = 0;   // wall clock
  std::uint64_t generation = 0;  // another one after every change
  std::uint32_t next_page_id = 1;
  std::vector<Page> pages;  // in the order of their rows

  std::size_t rows() const;
};
std::vector<std::byte> encode_summary(const TreeSummary& summary);
// nullopt: not a summary, or of another version.
std::optional<TreeSummary> decode_summary(std::span<const std::byte> bytes);

// A tree as it was at one moment, whatever is written later. Thread-safe for reading. Holds on to
// old pages of the store while it lives: let it go soon.
class StoredTree {
 public:
  virtual ~StoredTree() = default;
  const TreeSummary& summary() const { return summary_; }
  // The bytes of a page, checked against its checksum; empty if they are damaged.
  std::span<const std::byte> page(std::size_t index) const;
  // The same unchecked: only for peek_page(), where what is found is looked at again.
  std::span<const std::byte> raw_page(std::size_t index) const { return bytes_of(index); }

 protected:
  explicit StoredTree(TreeSummary summary) : summary_(std::move(summary)) {}
  virtual std::span<const std::byte> bytes_of(std::size_t index) const = 0;

 private:
  const TreeSummary summary_;
};

// Takes the pages of a tree in order.
class PageSink {
 public:
  virtual ~PageSink() = default;
  // `like` is the page of the replaced tree that this one came from: if it is equal it is not
  // written again.
  virtual void add(std::span<const std::byte> page, std::uint32_t rows,
                   std::optional<std::size_t> like) = 0;
};

// Thread-safe; may block on the disk. Everything in it can be measured again, so it does not fail:
// what cannot be written is not there later. One body on disk (disk_tree_store.h), one in memory
// (memory_tree_store.h); tests/contract/tree_store_contract.h says what both promise.
class TreeStore {
 public:
  struct Stats {
    std::size_t trees = 0;
    std::uint64_t bytes = 0;  // of pages and summaries
    std::uint64_t evictions = 0;
  };
  // Gives the pages of the tree to the sink and fills in the summary (path, root, totals, time; the
  // store does the rest). False: nothing is to be stored. Called once, or again from the start.
  using Fill = std::function<bool(PageSink&, TreeSummary&)>;

  virtual ~TreeStore() = default;
  // The tree whose root is `path`, or null.
  virtual std::shared_ptr<const StoredTree> find(std::string_view path) = 0;
  // Replaces the tree of that root, all or nothing, and forgets the trees below it on the same
  // device, whose rows are in this one now. `base`, if any, is what find() gave before; false if
  // somebody changed the tree since then, or it does not fit.
  virtual bool put(std::string_view path, const StoredTree* base, const Fill& fill) = 0;
  // Forgets the trees whose roots are `path` or below it.
  virtual void erase(std::string_view path) = 0;
  virtual Stats stats() = 0;
  // Gives back memory that is only held for the next call.
  virtual void rest() {}
  // One sentence for the log if something was wrong with the store since the last call; else empty.
  virtual std::string take_note() { return {}; }
};

// One spelling of each path: no doubled and no trailing slash.
std::string normal_path(std::string_view path);
// What `path` is called below `above`: "c/d", empty for `above` itself. Both normal.
std::string_view path_below(std::string_view path, std::string_view above);
// The tree of `path` or of the nearest directory above it that has one, or null.
std::shared_ptr<const StoredTree> find_covering(TreeStore& store, std::string_view path);

}  // namespace lull::cache
