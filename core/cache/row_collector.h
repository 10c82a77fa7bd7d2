// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/progress.h"
#include "core/cache/tree_page.h"
#include "core/model/reports.h"
#include "core/scan/error_list.h"
#include "core/scan/inode_set.h"
#include "core/scan/walker.h"

namespace lull::cache {

// A directory that a walk is reading, with its name behind it.
struct RowNode {
  RowNode* next = nullptr;                  // of the same parent
  std::atomic<RowNode*> children{nullptr};  // in the order they were met, backwards
  std::atomic<std::uint64_t> own_bytes{0}, own_apparent{0}, files{0};
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;
  std::atomic<std::uint8_t> flags{0};
  std::uint8_t name_length = 0;

  std::string_view name() const { return {reinterpret_cast<const char*>(this + 1), name_length}; }
};

// A known directory whose entries are read again, and those of its subdirectories that need not be.
struct Reread {
  struct Child {
    std::string name;
    std::size_t row;
    std::uint64_t inode;
    bool seen = false;  // it is still there
  };
  std::size_t row = 0;  // counted through the tree
  std::string path;     // from the directory that is measured
  std::uint64_t inode = 0;
  std::vector<Child> children;  // by name
  RowNode* fresh = nullptr;     // what was read; its children are those without a row
};

// Makes rows of what a walk meets, within a budget of memory: where that ends the rows are dropped
// and the sums go on.
class RowCollector final : public scan::Visitor {
 public:
  struct Options {
    std::size_t budget_bytes = 0;
    // What changed at or after this moment (wall clock, of the file system) may change again
    // without new times.
    std::int64_t unsettled_after_ns = 0;
    base::Progress* progress = nullptr;
  };
  RowCollector(unsigned slots, const Options& options);

  // The seeds of the walks that follow are these, in their order.
  void expect(std::span<Reread> rereads);
  // A directory that may not be listed: only its own blocks count.
  RowNode* add_unlisted(const std::string& path, const struct stat& status, int os_error);
  // After the last walk; before the rows are looked at.
  void finish();

  bool has_rows() const { return budget_.load() >= 0; }
  RowNode* root() const { return root_; }                       // of the last walk without rereads
  std::vector<LinkedFile> links_of(const RowNode& node) const;  // by inode
  // Inodes of linked files of which not all names were met, sorted.
  std::vector<std::uint64_t> half_met_links() const;
  // Those of them that have changed since the walk began, or shortly before: one that got its other
  // name meanwhile may have been counted under its first as a file that has none.
  std::vector<std::uint64_t> late_links() const;
  std::size_t directories_read() const;
  // What all walks met, errors too.
  void add_to(model::TreeSize& size);

  scan::Step enter(unsigned index, scan::WalkNode& node, const struct stat& status) override;
  scan::Step visit(unsigned index, scan::WalkNode& in, const char* name,
                   const struct stat& status) override;
  void listed(unsigned slot, scan::WalkNode& node, bool complete) override;
  void other_device(unsigned slot, scan::WalkNode& in, const char* name,
                    const struct stat& status) override;
  void error(unsigned slot, scan::WalkNode& in, const char* name, int os_error) override;
  void pause(unsigned index) override;

 private:
  struct Link {
    const RowNode* node;
    LinkedFile file;
    std::uint64_t names;  // st_nlink
    bool late;            // changed at or after Options::unsettled_after_ns
  };
  // Inodes of linked files with names that were not met, of which `wanted` holds for one that was.
  template <class Wanted>
  std::vector<std::uint64_t> half_met(const Wanted& wanted) const;

  struct alignas(64) Slot {
    std::uint64_t bytes = 0, apparent = 0, files = 0, directories = 0;
    std::uint64_t entries = 0, told_entries = 0, told_bytes = 0;
    // What was visited in one directory, until another one follows.
    RowNode* current = nullptr;
    std::uint64_t own_bytes = 0, own_apparent = 0, own_files = 0;
    std::vector<std::unique_ptr<std::byte[]>> blocks;
    std::size_t left_in_block = 0;
    std::vector<Link> links;
  };

  bool take(std::size_t bytes);
  RowNode* make_node(Slot& slot, std::string_view name, const struct stat& status);
  void adopt(RowNode& parent, RowNode& child);
  bool is_known(const scan::WalkNode& node, const struct stat& status);
  void flush(Slot& slot);
  void tell(Slot& slot);

  const Options options_;
  std::atomic<std::int64_t> budget_;
  std::vector<Slot> slots_;
  std::span<Reread> rereads_;
  RowNode* root_ = nullptr;
  std::vector<Link> links_;  // of all slots, by node and inode
  scan::InodeSet seen_links_;
  scan::ErrorList errors_;
};

}  // namespace lull::cache
