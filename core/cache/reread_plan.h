// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <vector>

#include "core/cache/row_collector.h"
#include "core/cache/row_range.h"
#include "core/cache/tree_check.h"

namespace lull::cache {

// Which directories of a tree are to be read again after a check, and what becomes of each row.
struct RereadPlan {
  std::vector<Verdict> verdicts;  // by row of the tree
  std::vector<Reread> rereads;    // by row
};

// False if that is not worth it, more than `most` directories: read the whole range anew. Also if
// the range's own directory is another one, or a page is damaged.
bool plan_rereads(const StoredTree& tree, const RowRange& range, const CheckReport& check,
                  std::size_t most, RereadPlan& plan);

// After the rereads: rows of subdirectories that were not met any more are kReplaced.
void drop_unseen(RereadPlan& plan);

// A file that got a second name is still counted as a file of its own in the row of the first,
// since the directory of that did not change. False if what was read now has such a file whose
// other names `tree` may hold: a linked file that is new to it, with names that were not met.
bool links_add_up(const StoredTree& tree, const RowCollector& fresh);

}  // namespace lull::cache
