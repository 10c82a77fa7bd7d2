// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/cache/rollup.h"
#include "core/cache/row_range.h"
#include "core/scan/walk_options.h"

// Asks the file system, with one lstat for each directory, which rows of a stored tree still hold.
namespace lull::cache {

enum class Verdict : std::uint8_t {
  kSame,      // the same directory, unchanged since it was read
  kReread,    // changed, or read too long ago: its entries are to be read again
  kReplaced,  // gone, or another one: the rows below it say nothing any more
};

struct CheckRules {
  std::int64_t now_ms = 0;      // wall clock
  std::int64_t believe_ms = 0;  // rows this old or older are read again: files grow in place
  // Directories (inodes, sorted) and trees (normal paths) in which something is known to have
  // happened.
  std::span<const std::uint64_t> touched;
  std::span<const std::string> stale;
};

struct CheckReport {
  struct Exception {
    std::size_t row;  // counted through the whole tree
    Verdict verdict;
  };
  std::vector<Exception> exceptions;  // all that are not kSame, in the order of rows
  TreeTotals totals;                  // of those that are
  bool complete = true;               // false: cancelled
  bool damaged = false;               // a page is not readable: believe nothing
};

// `root` is the directory of the range, open. Rows that are read again for their age are not looked
// at here. Runs on tasks of the caller's arena.
CheckReport check_rows(const StoredTree& tree, const RowRange& range, int root,
                       const CheckRules& rules, const scan::WalkOptions& options);

}  // namespace lull::cache
