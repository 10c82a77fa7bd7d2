// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/cache/tree_store.h"

namespace lull::cache {

// The rows of one directory of a stored tree and of everything below it: rows in a line, from
// somewhere in one page to somewhere in another.
struct RowRange {
  std::size_t first_page = 0, last_page = 0;  // both included
  std::size_t first_row = 0;                  // in the first page
  std::uint32_t depth = 0;                    // of the directory
  // Of the directory's row.
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;

  // Calls visit(index in page, row) for the rows of it in that page, with their paths in `path`.
  template <class Visit>
  void for_rows(std::size_t page_index, const DecodedPage& page, PathStack& path,
                Visit&& visit) const {
    path.restart(page.base);
    const std::size_t begin = page_index == first_page ? first_row : 0;
    for (std::size_t row = 0; row < page.rows.size(); ++row) {
      const bool is_root = page_index == first_page && row == begin;
      if (row >= begin && !is_root && page.rows[row].depth <= depth) return;
      path.enter(page.rows[row].depth, page.rows[row].name);
      if (row >= begin) visit(row, page.rows[row]);
    }
  }
};

// Finds the directory `below` (relative to the tree's root, empty for the root itself). nullopt: it
// has no row, or its page is damaged.
std::optional<RowRange> find_rows(const StoredTree& tree, std::string_view below);

// Sums them; nullopt if a page is damaged.
std::optional<TreeTotals> sum_rows(const StoredTree& tree, const RowRange& range);

}  // namespace lull::cache
