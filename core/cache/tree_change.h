// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/cache/row_collector.h"
#include "core/cache/row_range.h"
#include "core/cache/tree_check.h"
#include "core/cache/tree_store.h"

// From the rows of a stored tree and what was read again to the rows of the tree as it is now.
namespace lull::cache {

struct TreeChange {
  const StoredTree* old = nullptr;  // null: there was none
  RowRange range;                   // what was measured of it
  // Either everything in the range was read anew …
  RowNode* root = nullptr;
  // … or only some directories, by row; verdicts[row] is kReplaced for what is gone.
  std::span<const Reread> rereads;
  std::span<const Verdict> verdicts;
  const RowCollector& collector;  // finished
  std::int64_t read_at_ms = 0;    // when the new rows were read
};

struct ChangedTotals {
  TreeTotals tree, range;
  bool storable = true;  // false: so deep that it is not worth keeping
};

// Passes the new tree's pages to `sink` (null: sums only). Pages in which nothing changed come out
// as they were. False if a page of the old tree is damaged.
bool apply_change(const TreeChange& change, PageSink* sink, ChangedTotals& totals);

}  // namespace lull::cache
