// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <limits>
#include <vector>

#include "core/cache/tree_page.h"

namespace lull::cache {

// What a set of rows comes to.
struct TreeTotals {
  std::uint64_t allocated_bytes = 0;
  std::uint64_t apparent_bytes = 0;
  std::uint64_t files = 0;
  std::uint64_t directories = 0;
  // When the oldest of the rows was read: the sum is as old as its oldest part. The greatest value
  // if there are none.
  std::int64_t oldest_ms = std::numeric_limits<std::int64_t>::max();
  bool failed = false;  // a row says that something could not be read
};

// Sums rows of one device; a linked file counts once, with what the latest reading of it said. One
// thread at a time; several are merged.
class Rollup {
 public:
  void add(const DirRow& row);
  void merge(Rollup&& other);
  // Ends it.
  TreeTotals finish();

 private:
  struct Link {
    LinkedFile file;
    std::int64_t read_at_ms;
  };
  TreeTotals totals_;
  std::vector<Link> links_;
};

}  // namespace lull::cache
